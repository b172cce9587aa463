use alloc::vec::{self, Vec};
use core::{fmt, slice};

/// The resource instances of a multiple resource: values under identifiers that a peer sees, in ascending order.
///
/// ```
/// use lwm2m_runtime::object::Instances;
///
/// let mut voltages: Instances<i64> = [(0, 3800), (1, 5000)].into();
/// voltages.insert(7, 4200);
/// assert_eq!(voltages.get(1), Some(&5000));
/// assert_eq!(voltages.ids().collect::<Vec<_>>(), [0, 1, 7]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Instances<T> {
    // Sorted by identifier, each at most once.
    entries: Vec<(u16, T)>,
}

impl<T> Instances<T> {
    /// No resource instance.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// How many resource instances there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a resource instance.
    #[must_use]
    pub fn get(&self, id: u16) -> Option<&T> {
        let index = self.position(id).ok()?;
        self.entries.get(index).map(|(_, value)| value)
    }

    /// The value of a resource instance, to be changed.
    pub fn get_mut(&mut self, id: u16) -> Option<&mut T> {
        let index = self.position(id).ok()?;
        self.entries.get_mut(index).map(|(_, value)| value)
    }

    /// Sets a resource instance, creating it where needed; returns the value it had.
    pub fn insert(&mut self, id: u16, value: T) -> Option<T> {
        match self.position(id) {
            Ok(index) => self
                .entries
                .get_mut(index)
                .map(|(_, old)| core::mem::replace(old, value)),
            Err(index) => {
                self.entries.insert(index, (id, value));
                None
            }
        }
    }

    /// Removes a resource instance; returns the value it had.
    pub fn remove(&mut self, id: u16) -> Option<T> {
        self.position(id).ok().map(|index| self.entries.remove(index).1)
    }

    /// Removes every resource instance.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// The identifiers in ascending order.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = u16> + '_ {
        self.entries.iter().map(|(id, _)| *id)
    }

    /// The values in ascending order of their identifiers.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &T> + '_ {
        self.entries.iter().map(|(_, value)| value)
    }

    /// Identifiers and values in ascending order of the identifiers.
    pub fn iter(&self) -> slice::Iter<'_, (u16, T)> {
        self.entries.iter()
    }

    /// The entry at a position in that order.
    pub(crate) fn entry(&self, index: usize) -> Option<&(u16, T)> {
        self.entries.get(index)
    }

    fn position(&self, id: u16) -> Result<usize, usize> {
        match self.entries.last() {
            // The usual case while a payload is read: identifiers arrive in ascending order.
            Some((last, _)) if *last < id => Err(self.entries.len()),
            _ => self.entries.binary_search_by_key(&id, |(entry, _)| *entry),
        }
    }
}

impl<T> Default for Instances<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for Instances<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.entries.iter().map(|(id, value)| (id, value)))
            .finish()
    }
}

impl<T> Extend<(u16, T)> for Instances<T> {
    fn extend<I: IntoIterator<Item = (u16, T)>>(&mut self, entries: I) {
        for (id, value) in entries {
            self.insert(id, value);
        }
    }
}

impl<T> FromIterator<(u16, T)> for Instances<T> {
    /// The last value of an identifier counts.
    fn from_iter<I: IntoIterator<Item = (u16, T)>>(entries: I) -> Self {
        let mut entries: Vec<_> = entries.into_iter().collect();
        // Stable, so that the values of one identifier stay in their order; `dedup` keeps the first of equals.
        entries.reverse();
        entries.sort_by_key(|(id, _)| *id);
        entries.dedup_by_key(|(id, _)| *id);
        Self { entries }
    }
}

impl<T, const N: usize> From<[(u16, T); N]> for Instances<T> {
    fn from(entries: [(u16, T); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T> IntoIterator for Instances<T> {
    type Item = (u16, T);
    type IntoIter = vec::IntoIter<(u16, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Instances<T> {
    type Item = &'a (u16, T);
    type IntoIter = slice::Iter<'a, (u16, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
