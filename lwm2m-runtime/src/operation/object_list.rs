use alloc::{borrow::Cow, string::String};

use super::{TreeView, kind::protected, versions::must_name_version};
use crate::{
    encoding::ContentFormat,
    link::{ALTERNATE_PATH, LinkWriter, ObjectLink},
    model::{Path, Version},
};

/// The list of objects and instances in a Register or Update (LwM2M Core 1.2, section 6.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectList<'a> {
    /// The version of the session.
    pub version: Version,
    /// Below what the objects are, without slashes around it: no segment of it is a number. Mostly empty.
    pub alternate_path: &'a str,
    /// The formats to announce, beside those that every client has.
    pub formats: &'a [ContentFormat],
}

impl<'a> ObjectList<'a> {
    /// A list with the objects below the root that announces no formats.
    #[must_use]
    pub const fn new(version: Version) -> Self {
        Self {
            version,
            alternate_path: "",
            formats: &[],
        }
    }

    /// Hands out the links: the root, if there is something to say about it; objects without instances, or with a
    /// version to be named; instances. Objects with secrets are left out.
    pub fn for_each_link(&self, tree: &impl TreeView, link: impl FnMut(&ObjectLink<'a>)) {
        self.links(
            tree,
            |object, version| must_name_version(object, version, self.version),
            link,
        );
    }

    /// What a dynamic profile identifier is a hash of: the same links, with the version of every object, also of those that
    /// go without saying (LwM2M Core 1.2, section 6.2.1.1). No specification says in which form; servers take the hash for
    /// an opaque key.
    #[must_use]
    pub fn fingerprint(&self, tree: &impl TreeView) -> String {
        let mut text = String::new();
        let mut links = LinkWriter::new(&mut text);
        self.links(
            tree,
            |_, _| true,
            |link| {
                // A String takes whatever is written.
                let _ = link.write(&mut links);
            },
        );
        text
    }

    fn links(
        &self,
        tree: &impl TreeView,
        is_named: impl Fn(u16, Version) -> bool,
        mut link: impl FnMut(&ObjectLink<'a>),
    ) {
        let root = self.alternate_path.trim_matches('/');
        let mut send = |path, attributes: &dyn Fn(&mut ObjectLink<'a>)| {
            let mut object_link = ObjectLink::new(path);
            object_link.prefix = root;
            attributes(&mut object_link);
            link(&object_link);
        };
        if !root.is_empty() || !self.formats.is_empty() {
            send(Path::ROOT, &|link| {
                link.attributes.rt = (!root.is_empty()).then_some(Cow::Borrowed(ALTERNATE_PATH));
                link.attributes.ct = self.formats.iter().map(|format| format.0).collect();
            });
        }
        for (object, version) in tree
            .objects()
            .filter(|(object, _)| !protected(*object, self.version))
        {
            let named = is_named(object, version);
            if named || tree.instances(object).next().is_none() {
                send(Path::object(object), &|link| {
                    link.attributes.ver = named.then_some(version)
                });
            }
            for instance in tree.instances(object) {
                send(Path::instance(object, instance), &|_| {});
            }
        }
    }
}
