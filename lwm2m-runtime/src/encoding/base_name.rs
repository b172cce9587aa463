use super::{EncodeError, EncodeOptions, RecordRef, json::Text, name::is_prefix, record::same_prefix};
use crate::model::Path;

/// What SenML and the JSON of LwM2M 1.0 put into the base name, which later names only continue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaseName {
    /// The target's path, given once.
    #[default]
    Target,
    /// The path of each object instance, given again where another one begins: the shortest for payloads of several
    /// objects. The JSON of LwM2M 1.0 has one base name only and takes the target's.
    Instance,
    /// Nothing: every record has its full name.
    Omitted,
}

/// Gives each record of a payload its base name and its name.
pub(crate) struct BaseNames<'r> {
    strategy: BaseName,
    target: Path,
    // The prefix, the path, and whether there is a slash at the end.
    current: Option<(&'r str, Path, bool)>,
    // Where names without a prefix only continue the base name, by those of their identifiers that it has not.
    continued: Option<(Path, usize)>,
}

impl<'r> BaseNames<'r> {
    pub(crate) fn new(target: Path, options: &EncodeOptions) -> Self {
        Self {
            strategy: options.base_name,
            target,
            current: None,
            continued: None,
        }
    }

    /// How many identifiers of a record's path the base name in force has, if all that is left to write are the
    /// others: what is so for nearly all records.
    #[inline]
    pub(crate) fn continued(&self, record: &RecordRef<'r>) -> Option<usize> {
        let (scope, depth) = self.continued?;
        let path = record.path;
        (record.prefix.is_empty() && path.depth() > depth && path.starts_with(scope)).then_some(depth)
    }

    #[inline]
    pub(crate) fn next(
        &mut self,
        record: &RecordRef<'r>,
    ) -> Result<(Option<NameText<'r>>, Option<NameText<'r>>), EncodeError> {
        let path = record.path;
        if !path.starts_with(self.target) {
            return Err(EncodeError::OutsideTarget { path });
        }
        if let Some((prefix, base, slash)) = self.current {
            let depth = base.depth();
            let fits = match self.strategy {
                BaseName::Target => true,
                BaseName::Instance => path.depth() > depth && path.starts_with(base),
                BaseName::Omitted => false,
            };
            if fits && same_prefix(prefix, record.prefix) {
                let name = NameText {
                    prefix: "",
                    path,
                    from: depth,
                    leading: !slash,
                    trailing: false,
                };
                return Ok((None, (path.depth() > depth).then_some(name)));
            }
        }
        if !record.prefix.is_empty() && !is_prefix(record.prefix) {
            return Err(EncodeError::Prefix { path });
        }
        let full = NameText {
            prefix: record.prefix,
            path,
            from: 0,
            leading: true,
            trailing: false,
        };
        let base = match self.strategy {
            BaseName::Omitted => return Ok((None, Some(full))),
            BaseName::Target => self.target,
            BaseName::Instance => {
                let depth = path.depth().saturating_sub(1).min(2);
                path.up_to(depth)
            }
        };
        let deeper = path.depth() > base.depth();
        // The root alone is a slash already.
        let slash = deeper || base.depth() == 0 && record.prefix.is_empty();
        self.current = Some((record.prefix, base, slash));
        // Both lead to the record, so the deeper one lies in the other.
        let scope = if base.depth() > self.target.depth() {
            base
        } else {
            self.target
        };
        self.continued = (record.prefix.is_empty() && slash).then_some((scope, base.depth()));
        let base_text = NameText {
            path: base,
            trailing: deeper,
            ..full
        };
        let name = NameText {
            prefix: "",
            from: base.depth(),
            leading: false,
            ..full
        };
        Ok((Some(base_text), deeper.then_some(name)))
    }
}

/// A name or a part of one: a prefix and identifiers with slashes between them.
#[derive(Clone, Copy)]
pub(crate) struct NameText<'r> {
    /// Stands after a slash, if there is one.
    pub(crate) prefix: &'r str,
    path: Path,
    // The first identifier that belongs to the text.
    from: usize,
    leading: bool,
    trailing: bool,
}

impl NameText<'_> {
    /// Appends what follows the prefix: at most 25 bytes.
    #[inline]
    pub(crate) fn push_path(&self, text: &mut Text) {
        let ids = self.path.ids();
        let ids = ids.get(self.from..).unwrap_or_default();
        if self.leading && !ids.is_empty() {
            text.push(b'/');
        }
        text.push_ids(ids);
        // A root without a prefix is the slash alone.
        if self.trailing || ids.is_empty() && self.prefix.is_empty() {
            text.push(b'/');
        }
    }
}
