use std::borrow::Cow;

/// The namespace of the attributes that point to a schema.
pub(super) const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The namespace of the types that `xsi:type` names.
pub(super) const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The namespaces in scope.
#[derive(Default)]
pub(super) struct Namespaces<'a> {
    /// In the order of their declaration, each with the depth of its element.
    declared: Vec<(usize, &'a str, Cow<'a, str>)>,
}

impl<'a> Namespaces<'a> {
    /// Declares a namespace for the element at `depth`; `false` if the declaration has no effect.
    ///
    /// Such declarations are against Namespaces in XML, but validators only grumble and go on.
    pub(super) fn declare(&mut self, depth: usize, prefix: &'a str, uri: Cow<'a, str>) -> bool {
        if prefix == "xml" && uri == XML {
            return true;
        }
        let is_void = matches!(prefix, "xml" | "xmlns")
            || uri == XML
            || uri == XMLNS
            || (uri.is_empty() && !prefix.is_empty());
        if !is_void {
            self.declared.push((depth, prefix, uri));
        }
        !is_void
    }

    /// How many declarations are in scope.
    pub(super) fn len(&self) -> usize {
        self.declared.len()
    }

    /// Forgets what the element at `depth` declared.
    pub(super) fn leave(&mut self, depth: usize) {
        while self
            .declared
            .last()
            .is_some_and(|(declared, ..)| *declared >= depth)
        {
            self.declared.pop();
        }
    }

    /// The namespace of a prefix; of no prefix with the empty one.
    pub(super) fn of(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        self.declared
            .iter()
            .rev()
            .find(|(_, declared, _)| *declared == prefix)
            .map(|(.., uri)| uri.as_ref())
            .filter(|uri| !uri.is_empty())
    }
}

/// `prefix:local` in its two parts; an absent prefix is empty.
pub(super) fn split(name: &str) -> (&str, &str) {
    match name.split_once(':') {
        Some((prefix, local)) if !prefix.is_empty() && !local.is_empty() => (prefix, local),
        _ => ("", name),
    }
}
