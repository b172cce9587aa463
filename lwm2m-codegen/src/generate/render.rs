use std::thread;

use proc_macro2::TokenStream;

use super::GenerateError;

/// Tokens as a person would format them.
pub(super) fn format(tokens: TokenStream, what: impl FnOnce() -> String) -> Result<String, GenerateError> {
    match syn::parse2(tokens) {
        Ok(file) => Ok(spaced(&prettyplease::unparse(&file))),
        Err(error) => Err(GenerateError::Syntax { what: what(), error }),
    }
}

/// With a blank line between items, and between the functions of an item. No literal or comment of generated code spans
/// lines, so that lines tell enough.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + text.len() / 16);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        spaced.push_str(line);
        spaced.push('\n');
        let ends_item =
            line == "}" || line.ends_with(';') && !line.starts_with([' ', '#', '/']) || line == ");";
        let ends_function = line == "    }";
        let more = lines
            .peek()
            .is_some_and(|next| !next.starts_with('}') && next.trim() != "}");
        if more && (ends_item || ends_function) {
            spaced.push('\n');
        }
    }
    spaced
}

/// `render` of each item in the items' order, on every core.
pub(super) fn all<T: Sync, M: Send>(
    items: &[T],
    render: impl Fn(&T) -> Result<M, GenerateError> + Sync,
) -> Result<Vec<M>, GenerateError> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(workers).max(1);
    thread::scope(|scope| {
        let workers: Vec<_> = items
            .chunks(share)
            .map(|items| scope.spawn(|| items.iter().map(&render).collect::<Result<Vec<_>, _>>()))
            .collect();
        let mut rendered = Vec::with_capacity(items.len());
        for worker in workers {
            match worker.join() {
                Ok(part) => rendered.extend(part?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(rendered)
    })
}
