//! Where the tree is.

use reqwest::Url;

use super::error::Error;
use super::lock::Lock;
use super::options::{Options, UPSTREAM, UPSTREAM_REVISION};

/// The root of the tree, with a slash at its end.
pub(super) fn root(options: &Options, lock: &Lock) -> Result<Url, Error> {
    let root = options.from.as_deref().unwrap_or(UPSTREAM);
    let revision = match (&options.revision, &options.from) {
        (Some(revision), _) => Some(revision.as_str()),
        (None, Some(_)) => None,
        (None, None) if options.locked => Some(lock.commit.as_str()),
        (None, None) => Some(UPSTREAM_REVISION),
    };
    let source = || Error::Source { url: root.to_owned() };
    let slash = if root.ends_with('/') { "" } else { "/" };
    let mut address = format!("{root}{slash}");
    if let Some(revision) = revision {
        if !is_revision(revision) {
            return Err(Error::Revision {
                revision: revision.to_owned(),
            });
        }
        address.push_str(revision);
        address.push('/');
    }
    let url = Url::parse(&address).map_err(|_| source())?;
    let plain = url.query().is_none() && url.fragment().is_none();
    if matches!(url.scheme(), "http" | "https") && plain {
        Ok(url)
    } else {
        Err(source())
    }
}

fn is_revision(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    !text.is_empty()
        && text.bytes().all(legal)
        && text
            .split('/')
            .all(|part| !part.is_empty() && part != "." && !part.contains(".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(change: impl FnOnce(&mut Options)) -> String {
        let mut options = Options::default();
        change(&mut options);
        root(&options, &Lock::embedded().unwrap()).unwrap().to_string()
    }

    #[test]
    fn upstream_is_read_at_what_it_publishes_unless_told_otherwise() {
        let upstream = "https://raw.githubusercontent.com/OpenMobileAlliance/lwm2m-registry";
        let commit = Lock::embedded().unwrap().commit;
        assert_eq!(address(|_| {}), format!("{upstream}/prod/"));
        assert_eq!(
            address(|options| options.locked = true),
            format!("{upstream}/{commit}/")
        );
        assert_eq!(
            address(|options| options.revision = Some("test".to_owned())),
            format!("{upstream}/test/")
        );
    }

    #[test]
    fn another_root_has_a_revision_only_if_told() {
        let from = |options: &mut Options| options.from = Some("https://mirror.example/lwm2m".to_owned());
        assert_eq!(address(from), "https://mirror.example/lwm2m/");
        let both = |options: &mut Options| {
            from(options);
            options.revision = Some("a/b".to_owned());
        };
        assert_eq!(address(both), "https://mirror.example/lwm2m/a/b/");
    }
}
