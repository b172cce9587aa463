use alloc::{borrow::ToOwned, collections::BTreeSet, string::String};

use super::{DecodeErrorKind, record::same_prefix};
use crate::model::Path;

/// Refuses a path that occurs twice for the same time.
///
/// While paths ascend, as they nearly always do, only the last one is remembered. With the first that does not, the
/// ones before it are read once more, and all are kept from then on.
#[derive(Default)]
pub(crate) struct Unique {
    last: Option<Path>,
    last_prefix: String,
    seen: Option<BTreeSet<Key>>,
}

type Key = (String, Path, u64);

impl Unique {
    /// Whether the record is behind the last one; if so, it is the last one now.
    #[inline(always)]
    pub(crate) fn ascends(&mut self, prefix: &str, path: Path) -> bool {
        if self.seen.is_some() {
            return false;
        }
        let ascends = match self.last {
            None => true,
            Some(last) => match same_prefix(prefix, &self.last_prefix) {
                true => path > last,
                false => *prefix > *self.last_prefix,
            },
        };
        if ascends {
            self.last = Some(path);
            if !same_prefix(prefix, &self.last_prefix) {
                prefix.clone_into(&mut self.last_prefix);
            }
        }
        ascends
    }

    /// Whether the records before this one are known.
    pub(crate) fn is_ready(&self) -> bool {
        self.seen.is_some()
    }

    /// Keeps a record.
    pub(crate) fn insert(
        &mut self,
        prefix: &str,
        path: Path,
        time: Option<f64>,
    ) -> Result<(), DecodeErrorKind> {
        // No time is the time 0, be it negative or not.
        let time = (time.unwrap_or(0.0) + 0.0).to_bits();
        let key = (prefix.to_owned(), path, time);
        match self.seen.get_or_insert_default().insert(key) {
            true => Ok(()),
            false => Err(DecodeErrorKind::Duplicate),
        }
    }
}
