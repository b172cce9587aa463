//! Generation from a build script.

use std::{
    collections::BTreeSet,
    env, fmt,
    fs::File,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    generate::{self, Form},
    model::Object,
    registry::{Overlay, Registry},
    xml::{self, Diagnostic, Limits, Mode, Severity, Style},
};

/// Generates objects into the build directory of the crate whose `build.rs` calls it. Never touches the network.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), lwm2m_codegen::BuildError> {
///     lwm2m_codegen::Builder::new()
///         .object(3303)
///         .object("Device@1.1")
///         .file("objects/my-object.xml")
///         .compile("objects.rs")
/// }
/// ```
///
/// ```ignore
/// // src/main.rs
/// mod objects {
///     include!(concat!(env!("OUT_DIR"), "/objects.rs"));
/// }
/// use objects::{Device, Temperature};
/// ```
///
/// Cargo runs the build script again when one of the files or the registry directory changes, and otherwise only when
/// `build.rs` itself does.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    objects: Vec<String>,
    files: Vec<PathBuf>,
    registry: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    form: Form,
}

impl Builder {
    /// A builder without objects, over the embedded registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an object of the registry: its identifier or name, and optionally a version, such as `3303`, `"Device"` or
    /// `"3303@1.1"`. Without one it is the newest.
    #[must_use]
    pub fn object(mut self, object: impl fmt::Display) -> Self {
        self.objects.push(object.to_string());
        self
    }

    /// Adds the objects of a definition file. A relative path begins at the package's directory.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.push(path.into());
        self
    }

    /// Takes objects from a directory of definition files instead of the embedded registry.
    #[must_use]
    pub fn registry(mut self, directory: impl Into<PathBuf>) -> Self {
        self.registry = Some(directory.into());
        self
    }

    /// Generates definitions without types: a `CATALOGUE`.
    #[must_use]
    pub fn tables(mut self) -> Self {
        self.form = Form::Tables;
        self
    }

    /// Writes to this directory instead of `OUT_DIR`.
    #[must_use]
    pub fn out_dir(mut self, directory: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(directory.into());
        self
    }

    /// Generates `file`, to be taken in by `include!(concat!(env!("OUT_DIR"), "/objects.rs"))`.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with everything that is wrong; nothing is written then.
    pub fn compile(self, file: impl AsRef<Path>) -> Result<(), BuildError> {
        // Also when something is wrong, so that mending it is noticed.
        self.tell_dependencies();
        let mut problems = Vec::new();
        let mut objects = self.read_files(&mut problems);
        let directory = self.directory(&mut problems);
        let registry = self.open_registry(&mut problems);
        if let Some(registry) = &registry {
            for name in &self.objects {
                match registry.find(name) {
                    Ok(object) => objects.push(object.clone()),
                    Err(error) => problems.push(error.to_string()),
                }
            }
        }
        let (Some(directory), true) = (directory, problems.is_empty()) else {
            return Err(BuildError { problems });
        };
        let path = directory.join(file);
        let objects: Vec<_> = objects.iter().collect();
        generate::file(&objects, Overlay::embedded().words(), self.form)
            .map_err(|error| error.to_string())
            .and_then(|text| write(&path, &text).map_err(|error| in_file(&path, &error)))
            .map_err(|problem| BuildError {
                problems: vec![problem],
            })
    }

    fn tell_dependencies(&self) {
        let files = self.files.iter().chain(&self.registry);
        for path in files {
            tell(&format!("rerun-if-changed={}", path.display()));
        }
        // Without any such line, cargo would run the script after every change in the package.
        tell("rerun-if-changed=build.rs");
    }

    fn directory(&self, problems: &mut Vec<String>) -> Option<PathBuf> {
        let directory = self
            .out_dir
            .clone()
            .or_else(|| env::var_os("OUT_DIR").map(PathBuf::from));
        if directory.is_none() {
            problems.push(
                "OUT_DIR is not set: call this from build.rs, or name a directory with `out_dir`".to_owned(),
            );
        }
        directory
    }

    fn open_registry(&self, problems: &mut Vec<String>) -> Option<Registry> {
        match self.registry.as_ref().map(Registry::open) {
            None => Some(Registry::embedded()),
            Some(Ok(registry)) => Some(registry),
            Some(Err(error)) => {
                problems.push(error.to_string());
                None
            }
        }
    }

    /// The objects of the files, each file once.
    fn read_files(&self, problems: &mut Vec<String>) -> Vec<Object> {
        let files: BTreeSet<_> = self.files.iter().collect();
        let mut objects = Vec::new();
        for path in files {
            match read(path) {
                Ok(bytes) => objects.extend(objects_in(path, &bytes, problems)),
                Err(error) => problems.push(in_file(path, &error)),
            }
        }
        objects
    }
}

/// The objects of a file; its errors become problems, and what is doubtful a warning of cargo's.
fn objects_in(path: &Path, bytes: &[u8], problems: &mut Vec<String>) -> Vec<Object> {
    let name = path.display().to_string();
    let reading = xml::read(bytes, Mode::Lenient).unambiguous();
    for diagnostic in &reading.diagnostics {
        match diagnostic.severity {
            Severity::Error => problems.push(xml::render(diagnostic, &name, bytes, Style::Plain)),
            Severity::Warning | Severity::Repaired => warn(&name, diagnostic),
        }
    }
    let mut objects = reading.objects;
    for object in &mut objects {
        Overlay::embedded().apply(object);
    }
    objects
}

/// A file of at most the size that a definition file may have, and one byte, by which the reader notices.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let limit = Limits::default().file_bytes as u64 + 1;
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file unless it has that text already, so that nothing is compiled again for nothing.
fn write(path: &Path, text: &str) -> io::Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == text.as_bytes()) {
        return Ok(());
    }
    File::create(path)?.write_all(text.as_bytes())
}

fn in_file(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

fn warn(file: &str, diagnostic: &Diagnostic) {
    let Diagnostic {
        line,
        column,
        message,
        help,
        code,
        ..
    } = diagnostic;
    tell(&format!(
        "warning={file}:{line}:{column}: {message} [{code}]; {help}"
    ));
}

/// Says something to cargo. A line break would let a file say something to cargo, too.
#[expect(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn tell(what: &str) {
    println!("cargo::{}", what.replace(['\n', '\r'], " "));
}

/// Why a build script cannot go on: everything that is wrong, each problem with its place.
///
/// `Debug` is as readable as `Display`, since that is what cargo shows when `main` returns an error.
pub struct BuildError {
    problems: Vec<String>,
}

impl BuildError {
    /// The problems, each a text of one or several lines.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no LwM2M objects were generated\n")?;
        self.problems
            .iter()
            .try_for_each(|problem| write!(f, "\n{problem}\n"))
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {}
