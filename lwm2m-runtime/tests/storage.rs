//! What a device keeps over a restart, and over a crash at any byte of a write.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where its set-up fails"
)]

use std::{fs, time::Duration};

use lwm2m_runtime::{
    model::Path,
    objects::{Device, Lwm2mAccessControl, Lwm2mSecurity, Lwm2mServer},
    storage::{Files, Keeper, OpenError, Pace, Slot, Slots},
    time::Instant,
    tree::{SnapshotError, Tree, TreeConfig},
};

#[derive(Debug, PartialEq)]
struct Crash;

/// A medium on which a write stops after so many bytes, as at a crash.
#[derive(Clone, Default)]
struct Medium {
    slots: [Vec<u8>; 2],
    crash_after: Option<usize>,
    /// What is behind the bytes of a write that was cut: nothing, or what was there before.
    keeps_tail: bool,
}

impl Slots for &mut Medium {
    type Error = Crash;

    fn read(&mut self, slot: Slot) -> Result<Vec<u8>, Crash> {
        Ok(self.slots[usize::from(slot == Slot::B)].clone())
    }

    fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), Crash> {
        let length = self.crash_after.unwrap_or(bytes.len()).min(bytes.len());
        let tail = self.keeps_tail && length < bytes.len();
        let old = &mut self.slots[usize::from(slot == Slot::B)];
        let kept = old.get(length..).filter(|_| tail).unwrap_or_default().to_vec();
        *old = [&bytes[..length], &kept].concat();
        match length < bytes.len() {
            true => Err(Crash),
            false => Ok(()),
        }
    }
}

fn tree(server: i64) -> Tree {
    let mut tree = Tree::new(TreeConfig::default());
    for (instance, id) in [(0, server), (3, server + 1)] {
        let security = Lwm2mSecurity {
            lwm2m_server_uri: Some(format!("coaps://{id}.example.com")),
            bootstrap_server: Some(false),
            short_server_id: Some(id),
            secret_key: Some(vec![id as u8; 16]),
            ..Lwm2mSecurity::default()
        };
        let account = Lwm2mServer {
            short_server_id: id,
            lifetime: 3_600,
            binding: "U".into(),
            ..Lwm2mServer::default()
        };
        tree.insert(instance, security).unwrap();
        tree.insert(instance, account).unwrap();
    }
    let rule = Lwm2mAccessControl {
        object_id: 3,
        object_instance_id: 0,
        acl: Some([(0, 1), (101, 31)].into()),
        ..Lwm2mAccessControl::default()
    };
    tree.insert(0, rule).unwrap();
    tree.insert(0, Device::default()).unwrap();
    tree
}

fn saved(tree: &Tree) -> Vec<u8> {
    let mut bytes = Vec::new();
    tree.save(&mut bytes);
    bytes
}

#[test]
fn a_tree_comes_back_as_it_was() {
    let before = tree(1);
    let mut after = tree(70);
    after.insert(9, Lwm2mServer::default()).unwrap();
    after.restore(&saved(&before)).unwrap();
    assert_eq!(saved(&after), saved(&before));
    assert_eq!(after.get::<Lwm2mSecurity>(3), before.get::<Lwm2mSecurity>(3));
    assert_eq!(
        after.get::<Lwm2mAccessControl>(0),
        before.get::<Lwm2mAccessControl>(0)
    );
    assert!(after.instance(1, 9).is_none());
}

#[test]
fn a_snapshot_without_its_end_changes_nothing() {
    let bytes = saved(&tree(1));
    let unchanged = saved(&tree(70));
    let mut whole = 0;
    for length in 0..bytes.len() {
        let mut other = tree(70);
        match other.restore(&bytes[..length]) {
            // Between two instances it ends as well as anywhere: who stores it knows better.
            Ok(_) => whole += 1,
            Err(error) => {
                assert_eq!(error, SnapshotError::Malformed);
                assert_eq!(saved(&other), unchanged, "{length}");
            }
        }
    }
    assert_eq!(whole, 8, "three objects and five instances");
    assert_eq!(tree(1).restore(b"something else"), Err(SnapshotError::Malformed));
}

// proves: ROB-70
#[test]
fn a_crash_at_any_byte_leaves_what_was_kept_before() {
    let versions: Vec<Vec<u8>> = (0..4).map(|id| saved(&tree(1 + id * 40))).collect();
    for keeps_tail in [false, true] {
        let mut medium = Medium {
            keeps_tail,
            ..Medium::default()
        };
        let mut before: Option<Vec<u8>> = None;
        for version in &versions {
            for crash_after in 0..version.len() + 20 {
                let mut crashing = medium.clone();
                crashing.crash_after = Some(crash_after);
                let (mut keeper, kept) = Keeper::open(&mut crashing).unwrap();
                assert_eq!(kept, before);
                assert_eq!(keeper.keep(version), Err(Crash));
                crashing.crash_after = None;
                let (mut keeper, kept) = Keeper::open(&mut crashing).unwrap();
                assert_eq!(kept, before, "a crash after {crash_after} bytes");
                let mut device = tree(90);
                if let Some(kept) = &kept {
                    device.restore(kept).unwrap();
                    assert_eq!(saved(&device), *kept);
                }
                // And it goes on from there.
                keeper.keep(version).unwrap();
                let (_, kept) = Keeper::open(&mut crashing).unwrap();
                assert_eq!(kept.as_ref(), Some(version));
            }
            let (mut keeper, _) = Keeper::open(&mut medium).unwrap();
            keeper.keep(version).unwrap();
            before = Some(version.clone());
        }
    }
}

// proves: ROB-70
#[test]
fn damage_is_noticed_at_every_byte() {
    let (older, newer) = (saved(&tree(1)), saved(&tree(50)));
    let mut medium = Medium::default();
    let (mut keeper, _) = Keeper::open(&mut medium).unwrap();
    keeper.keep(&older).unwrap();
    keeper.keep(&newer).unwrap();
    for at in 0..medium.slots[0].len() {
        for bits in [0x01, 0x80, 0xff] {
            let mut damaged = medium.clone();
            damaged.slots[0][at] ^= bits;
            let (_, kept) = Keeper::open(&mut damaged).unwrap();
            assert_eq!(kept.as_ref(), Some(&older), "byte {at}");
            // Neither is whole: that is told, and both are still there.
            damaged.slots[1].pop();
            let slots = damaged.slots.clone();
            assert_eq!(
                Keeper::open(&mut damaged).err(),
                Some(OpenError::Damaged),
                "byte {at}"
            );
            assert_eq!(damaged.slots, slots);
            // The program decides to begin anew.
            Keeper::anew(&mut damaged).keep(&older).unwrap();
            let (_, kept) = Keeper::open(&mut damaged).unwrap();
            assert_eq!(kept.as_ref(), Some(&older));
        }
    }
}

// proves: ROB-70
#[test]
fn a_snapshot_of_another_version_changes_nothing() {
    let bytes = saved(&tree(1));
    let unchanged = saved(&tree(70));
    let version = bytes.iter().position(|byte| *byte == 2).unwrap();
    assert_eq!(version, b"LwM2M".len());
    for other in [0, 1, 3, 255] {
        let mut old = bytes.clone();
        old[version] = other;
        let mut device = tree(70);
        assert_eq!(device.restore(&old), Err(SnapshotError::Malformed));
        assert_eq!(saved(&device), unchanged);
    }
}

// proves: ROB-70
#[test]
fn files_keep_it() {
    let directory = std::env::temp_dir().join(format!("lwm2m-storage-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("device");
    let (mut keeper, kept) = Keeper::open(Files::new(&path)).unwrap();
    assert_eq!(kept, None);
    for id in [1, 50, 90] {
        keeper.keep(&saved(&tree(id))).unwrap();
        let (_, kept) = Keeper::open(Files::new(&path)).unwrap();
        assert_eq!(kept, Some(saved(&tree(id))));
    }
    // The newest one is cut: the one before counts.
    let newest = directory.join("device.b");
    let bytes = fs::read(&newest).unwrap();
    fs::write(&newest, &bytes[..bytes.len() - 1]).unwrap();
    let (_, kept) = Keeper::open(Files::new(&path)).unwrap();
    assert_eq!(kept, Some(saved(&tree(50))));
    let mut device = tree(1);
    device.restore(&kept.unwrap()).unwrap();
    assert!(device.value(Path::resource(1, 0, 0)).is_some());
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn files_without_end_are_damage() {
    let directory = std::env::temp_dir().join(format!("lwm2m-storage-long-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    for name in ["device.a", "device.b"] {
        let file = fs::File::create(directory.join(name)).unwrap();
        std::io::Write::write_all(&mut &file, b"x").unwrap();
        // Sparse, and more than there is memory.
        file.set_len(1 << 40).unwrap();
    }
    let opened = Keeper::open(Files::new(directory.join("device")));
    assert!(matches!(opened, Err(OpenError::Damaged)), "{opened:?}");
    fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn pages_of_flash_are_slots() {
    // Erased, and longer than what is kept.
    let mut medium = Medium {
        slots: [vec![0xff; 4096], vec![0xff; 4096]],
        keeps_tail: true,
        ..Medium::default()
    };
    let (mut keeper, kept) = Keeper::open(&mut medium).unwrap();
    assert_eq!(kept, None);
    keeper.keep(&saved(&tree(1))).unwrap();
    for slot in &mut medium.slots {
        slot.resize(4096, 0xff);
    }
    let (_, kept) = Keeper::open(&mut medium).unwrap();
    assert_eq!(kept, Some(saved(&tree(1))));
}

#[cfg(unix)]
#[test]
fn only_their_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = std::env::temp_dir().join(format!("lwm2m-storage-rights-{}", std::process::id()));
    fs::create_dir_all(&directory).unwrap();
    // One was there before, for everybody to read.
    fs::write(directory.join("device.a"), b"").unwrap();
    fs::set_permissions(directory.join("device.a"), fs::Permissions::from_mode(0o644)).unwrap();
    let (mut keeper, _) = Keeper::open(Files::new(directory.join("device"))).unwrap();
    for id in [1, 50] {
        keeper.keep(&saved(&tree(id))).unwrap();
    }
    for name in ["device.a", "device.b"] {
        let mode = fs::metadata(directory.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    fs::remove_dir_all(&directory).unwrap();
}

const fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1_000)
}

/// Writes from the first moment at which that may be; returns which.
fn write(pace: &mut Pace, changed: Instant) -> Instant {
    let begin = pace.next().max(changed);
    pace.begun();
    pace.written(begin);
    begin
}

#[test]
fn a_medium_is_written_at_once_after_a_quiet_time_and_then_now_and_then() {
    let mut pace = Pace::new(Duration::from_secs(10));
    // A change each second.
    let mut writes = Vec::new();
    let mut changed = 100;
    while changed <= 130 {
        let written = write(&mut pace, at(changed));
        writes.push(written);
        changed = written.as_millis() / 1_000 + 1;
    }
    assert_eq!(writes, [at(100), at(110), at(120), at(130)]);
    assert_eq!(write(&mut pace, at(500)), at(500));
    // Accounts do not wait, and what follows them does.
    assert_eq!(pace.next(), at(510));
    pace.urge();
    assert_eq!(write(&mut pace, at(503)), at(503));
    assert_eq!(write(&mut pace, at(504)), at(513));
    // What comes while something is written is urgent for the next write.
    pace.begun();
    pace.urge();
    pace.written(at(600));
    assert!(pace.next() <= at(600));
    let mut at_once = Pace::new(Duration::ZERO);
    for changed in [7, 7, 8] {
        assert_eq!(write(&mut at_once, at(changed)), at(changed));
    }
}

#[test]
fn a_medium_that_fails_is_tried_again_later_and_later() {
    let mut pace = Pace::new(Duration::from_secs(3_600));
    assert_eq!(write(&mut pace, at(1)), at(1));
    pace.urge();
    let mut now = at(2);
    let mut waits = Vec::new();
    for _ in 0..14 {
        pace.begun();
        pace.failed(now);
        assert!(pace.is_failing());
        // The rest is for urgent ones, too; and nothing but the rest is waited for.
        pace.urge();
        waits.push((pace.next() - now).as_millis());
        now = pace.next();
    }
    assert_eq!(waits[..4], [200, 400, 800, 1_600]);
    assert_eq!(waits[12..], [600_000; 2]);
    pace.begun();
    pace.written(now);
    assert!(!pace.is_failing());
    assert_eq!(pace.next(), now + Duration::from_secs(3_600));
    pace.begun();
    pace.failed(now);
    assert_eq!(pace.next(), now + Duration::from_millis(200));
}
