//! Registry trees to serve: files by path.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::server::{Answer, Server};

/// Files by their path from the root of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree(pub(crate) BTreeMap<String, Vec<u8>>);

impl Tree {
    /// These versions of objects of the embedded registry, laid out as upstream lays them out. The newest one given of an object
    /// is its latest.
    pub(crate) fn of(versions: &[(u16, u8, u8)]) -> Self {
        let files = lwm2m_registry_cache::unpack();
        let mut tree = Self::default();
        let mut index = String::from("<?xml version=\"1.0\"?>\n<DDFList>\n");
        for &(id, major, minor) in versions {
            let source = files.get(id, major, minor).unwrap();
            let latest = versions.iter().filter(|other| other.0 == id).max() == Some(&(id, major, minor));
            let file = if latest {
                format!("{id}.xml")
            } else {
                format!("version_history/{id}-{major}_{minor}.xml")
            };
            let name = between(source.xml, "<Name>", "</Name>");
            writeln!(
                index,
                "<Item><ObjectID>{id}</ObjectID><Name>{name}</Name><Ver>{major}.{minor}</Ver><DDF>{file}</DDF></Item>"
            )
            .unwrap();
            tree.0.insert(file, source.xml.as_bytes().to_vec());
        }
        index.push_str("</DDFList>\n");
        tree.0.insert("DDF.xml".to_owned(), index.into_bytes());
        tree
    }

    /// The real registry: the files that its index names, and the index. `None`, and a printed reason, where this machine has none.
    pub(crate) fn real() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/registry");
        let Ok(index) = fs::read_to_string(root.join("DDF.xml")) else {
            println!("skipped: there is no registry at {}", root.display());
            return None;
        };
        let mut tree = Self::default();
        for part in index.split("<DDF>").skip(1) {
            let file = part.split("</DDF>").next().unwrap();
            if !file.is_empty() {
                tree.0.insert(file.to_owned(), fs::read(root.join(file)).unwrap());
            }
        }
        tree.0.insert("DDF.xml".to_owned(), index.into_bytes());
        Some(tree)
    }

    /// What is in a directory; nothing if it does not exist.
    pub(crate) fn at(root: &Path) -> Self {
        let mut tree = Self::default();
        let mut directories = vec![PathBuf::from(root)];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(&directory).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    let name = path
                        .strip_prefix(root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .replace('\\', "/");
                    tree.0.insert(name, fs::read(&path).unwrap());
                }
            }
        }
        tree
    }

    /// A file of the tree, as text.
    pub(crate) fn text(&self, file: &str) -> String {
        String::from_utf8(self.0[file].clone()).unwrap()
    }

    /// Puts a file into the tree.
    pub(crate) fn with(mut self, file: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.insert(file.to_owned(), bytes.into());
        self
    }

    /// What an honest server answers.
    pub(crate) fn answer(&self, path: &str) -> Answer {
        match self.0.get(path.trim_start_matches('/')) {
            Some(bytes) => Answer::Ok(bytes.clone()),
            None => Answer::Status(404),
        }
    }

    /// An honest server of the tree.
    pub(crate) fn serve(&self) -> Server {
        let tree = self.clone();
        Server::start(move |path, _| tree.answer(path))
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split(start).nth(1).unwrap().split(end).next().unwrap()
}
