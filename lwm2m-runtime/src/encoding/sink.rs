use alloc::vec::Vec;
use core::fmt;

/// Where an encoder writes: a `Vec`, or a caller's buffer by [`SliceSink`].
pub trait Sink {
    /// How many bytes are written.
    fn len(&self) -> usize;

    /// Whether nothing is written.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends bytes.
    ///
    /// # Errors
    ///
    /// [`Full`] when they do not fit.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Full>;

    /// Appends the first `len` of a few bytes: [`write`](Self::write) where it is quicker to move all of them and
    /// count some.
    ///
    /// # Errors
    ///
    /// [`Full`] when they do not fit.
    #[inline]
    fn write_first(&mut self, len: usize, bytes: &[u8; 16]) -> Result<(), Full> {
        self.write(bytes.get(..len).unwrap_or(bytes))
    }

    /// Inserts bytes at a position of at most [`len`](Self::len), moving what follows it.
    ///
    /// # Errors
    ///
    /// [`Full`] when they do not fit.
    fn insert(&mut self, position: usize, bytes: &[u8]) -> Result<(), Full>;

    /// Writes over bytes that are there already; those beyond [`len`](Self::len) are left out.
    fn overwrite(&mut self, position: usize, bytes: &[u8]);

    /// Forgets everything after the first `len` bytes.
    fn truncate(&mut self, len: usize);
}

/// The buffer is too small for the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the payload does not fit into the buffer")
    }
}

impl core::error::Error for Full {}

impl Sink for Vec<u8> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.extend_from_slice(bytes);
        Ok(())
    }

    #[inline]
    fn write_first(&mut self, len: usize, bytes: &[u8; 16]) -> Result<(), Full> {
        let end = Vec::len(self) + len;
        self.extend_from_slice(bytes);
        Vec::truncate(self, end);
        Ok(())
    }

    #[inline]
    fn insert(&mut self, position: usize, bytes: &[u8]) -> Result<(), Full> {
        let end = Vec::len(self);
        self.extend_from_slice(bytes);
        shift(
            self.get_mut(position..).unwrap_or_default(),
            end.saturating_sub(position),
            bytes,
        );
        Ok(())
    }

    #[inline]
    fn overwrite(&mut self, position: usize, bytes: &[u8]) {
        let places = self.get_mut(position..).unwrap_or_default();
        places
            .iter_mut()
            .zip(bytes)
            .for_each(|(place, byte)| *place = *byte);
    }

    fn truncate(&mut self, len: usize) {
        Vec::truncate(self, len);
    }
}

/// A caller's buffer as a [`Sink`].
#[derive(Debug)]
pub struct SliceSink<'a> {
    buffer: &'a mut [u8],
    len: usize,
}

impl<'a> SliceSink<'a> {
    /// Nothing written into `buffer` yet.
    pub fn new(buffer: &'a mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// What is written.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

impl Sink for SliceSink<'_> {
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) -> Result<(), Full> {
        let end = self.len.checked_add(bytes.len()).ok_or(Full)?;
        self.buffer
            .get_mut(self.len..end)
            .ok_or(Full)?
            .copy_from_slice(bytes);
        self.len = end;
        Ok(())
    }

    fn insert(&mut self, position: usize, bytes: &[u8]) -> Result<(), Full> {
        let end = self.len.checked_add(bytes.len()).ok_or(Full)?;
        let tail = self.buffer.get_mut(position..end).ok_or(Full)?;
        shift(tail, self.len.saturating_sub(position), bytes);
        self.len = end;
        Ok(())
    }

    #[inline]
    fn overwrite(&mut self, position: usize, bytes: &[u8]) {
        let places = self.buffer.get_mut(position..self.len).unwrap_or_default();
        places
            .iter_mut()
            .zip(bytes)
            .for_each(|(place, byte)| *place = *byte);
    }

    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

/// Moves the first `len` bytes of `tail` to its end and puts `bytes` before them. `tail` holds both.
fn shift(tail: &mut [u8], len: usize, bytes: &[u8]) {
    if tail.len() == len + bytes.len() {
        tail.copy_within(..len, bytes.len());
        if let Some(head) = tail.get_mut(..bytes.len()) {
            head.copy_from_slice(bytes);
        }
    }
}
