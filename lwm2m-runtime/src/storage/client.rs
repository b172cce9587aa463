use alloc::vec::Vec;
use core::fmt;

use super::{Keeper, OpenError, Slots};
use crate::{client::Client, tree::Restored};

/// Keeps what a [`Client`] has to find again after a restart, whenever it crashes: its accounts with the rights of servers,
/// what servers have created, written and deleted, and the attributes that they have attached.
///
/// 1. The program makes a client with all its objects and with the factory's accounts.
/// 2. [`open`](Self::open) puts into it what was kept, if anything was; then the factory's accounts do not count.
/// 3. The client starts. Now and then, after its events were taken at the latest, [`keep`](Self::keep).
///
/// ```
/// use lwm2m_runtime::{
///     client::{Client, ClientConfig},
///     model::{Path, ValueRef},
///     objects::{Lwm2mSecurity, Lwm2mServer},
///     storage::{ClientKeeper, Files},
///     time::Instant,
///     tree::{Tree, TreeConfig},
/// };
///
/// /// What the program has, as it comes from the factory.
/// fn factory() -> Result<Client, Box<dyn core::error::Error>> {
///     let mut tree = Tree::new(TreeConfig::default());
///     tree.insert(0, Lwm2mSecurity {
///         lwm2m_server_uri: Some("coap://192.0.2.1".into()),
///         short_server_id: Some(101),
///         ..Default::default()
///     })?;
///     tree.insert(0, Lwm2mServer { short_server_id: 101, lifetime: 300, binding: "U".into(), ..Default::default() })?;
///     Ok(Client::new(ClientConfig::new("sensor-7"), tree, 0x5eed))
/// }
///
/// # let directory = std::env::temp_dir().join(format!("lwm2m-keeper-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join("sensor");
/// let mut client = factory()?;
/// let (mut keeper, restored) = ClientKeeper::open(Files::new(&path), &mut client)?;
/// assert_eq!(restored, None, "the first start");
///
/// let now = Instant::from_millis(0);
/// client.start(now);
/// assert!(!keeper.keep(&client)?, "nothing has changed yet");
/// // As a server would do.
/// client.change(now, |tree| tree.set(Path::resource(1, 0, 1), ValueRef::Integer(600)))?;
/// assert!(keeper.keep(&client)?);
///
/// // The program starts again.
/// let mut client = factory()?;
/// let (keeper, restored) = ClientKeeper::open(Files::new(&path), &mut client)?;
/// assert!(restored.is_some_and(|restored| restored.lost.is_empty()));
/// assert_eq!(client.tree().value(Path::resource(1, 0, 1)), Some(ValueRef::Integer(600)));
/// # std::fs::remove_dir_all(&directory)?;
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClientKeeper<S> {
    keeper: Keeper<S>,
    /// The number of the last change that is kept.
    revision: u64,
}

impl<S: Slots> ClientKeeper<S> {
    /// Puts what was kept into a client that has all the program's objects and is not started. `None` where nothing was
    /// kept: it is the factory's.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; the client is the factory's then.
    pub fn open(slots: S, client: &mut Client) -> Result<(Self, Option<Restored>), OpenError<S::Error>> {
        let (keeper, kept) = Keeper::open(slots)?;
        let restored = match kept {
            Some(kept) => Some(client.restore(&kept).map_err(OpenError::Snapshot)?),
            None => None,
        };
        let revision = client.kept_revision().unwrap_or_default();
        Ok((Self { keeper, revision }, restored))
    }

    /// Begins with the factory's configuration, whatever was kept: for a factory reset, and after an [`OpenError`]. What was
    /// kept stays until something new is.
    #[must_use]
    pub fn anew(slots: S, client: &Client) -> Self {
        Self {
            keeper: Keeper::anew(slots),
            revision: client.kept_revision().unwrap_or_default(),
        }
    }

    /// Whether anything has changed that is worth keeping; cheap. Never in the middle of a bootstrap session.
    #[must_use]
    pub fn has_changed(&self, client: &Client) -> bool {
        client
            .kept_revision()
            .is_some_and(|revision| revision != self.revision)
    }

    /// What is to be kept, if anything has changed that is worth it; cheap where nothing has. Never in the middle of a
    /// bootstrap session.
    #[must_use]
    pub fn changed(&self, client: &Client) -> Option<Saved> {
        let revision = client
            .kept_revision()
            .filter(|revision| *revision != self.revision)?;
        let bytes = client.save()?;
        Some(Saved { revision, bytes })
    }

    /// Keeps what has [changed](Self::changed), perhaps in another thread: media are slow.
    ///
    /// # Errors
    ///
    /// What the medium says. What was kept before is still there; what has changed still has.
    pub fn store(&mut self, saved: &Saved) -> Result<(), S::Error> {
        self.keeper.keep(&saved.bytes)?;
        self.revision = saved.revision;
        Ok(())
    }

    /// Keeps what has changed, if anything has that is worth it: then `true`.
    ///
    /// # Errors
    ///
    /// What the medium says. What was kept before is still there, and the next call tries again.
    pub fn keep(&mut self, client: &Client) -> Result<bool, S::Error> {
        match self.changed(client) {
            Some(saved) => self.store(&saved).map(|()| true),
            None => Ok(false),
        }
    }
}

/// What of a client is to be kept, as it was at a moment.
pub struct Saved {
    revision: u64,
    bytes: Vec<u8>,
}

impl fmt::Debug for Saved {
    /// Without the values: some are secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Saved")
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}
