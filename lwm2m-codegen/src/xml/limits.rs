/// What a file may cost. Every limit has its own diagnostic; past one, reading stops or skips, and memory stays bounded.
///
/// The largest file of the registry has 65 kB, 67 resources, texts of 8 kB and five levels.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The size of the file. 16 MiB.
    pub file_bytes: usize,
    /// The size of one text or attribute value. 1 MiB.
    pub text_bytes: usize,
    /// How deep elements may be nested. 64.
    pub depth: usize,
    /// The attributes of one tag, namespace declarations included. 64.
    pub attributes: usize,
    /// The resources of one file. 65,535.
    pub resources: usize,
    /// The diagnostics kept of each severity; the others are counted. 200.
    pub diagnostics: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 16 << 20,
            text_bytes: 1 << 20,
            depth: 64,
            attributes: 64,
            resources: 65_535,
            diagnostics: 200,
        }
    }
}
