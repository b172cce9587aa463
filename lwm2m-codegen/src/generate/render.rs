use std::thread;

use proc_macro2::TokenStream;

use super::GenerateError;

/// Tokens as a person would format them.
pub(super) fn format(tokens: TokenStream, what: impl FnOnce() -> String) -> Result<String, GenerateError> {
    match syn::parse2(tokens) {
        Ok(file) => Ok(prettyplease::unparse(&file)),
        Err(error) => Err(GenerateError::Syntax { what: what(), error }),
    }
}

/// `render` of each item in the items' order, on every core.
pub(super) fn all<T: Sync>(
    items: &[T],
    render: impl Fn(&T) -> Result<String, GenerateError> + Sync,
) -> Result<Vec<String>, GenerateError> {
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
