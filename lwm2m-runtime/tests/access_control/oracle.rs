//! Every combination of operation, owner, rights and number of servers, against tables written from the specification
//! (LwM2M Core 1.2, section 8.2) in another way: as letters, and as a list of cases from the top.

use lwm2m_runtime::{
    access_control::SingleServer,
    model::Path,
    operation::{Operation, Status},
};

use crate::support::{Rules, rule};

const SERVER: u16 = 101;
const OTHER: u16 = 102;

/// The operation, and the letter of the right that it needs on an instance; a blank for none.
const OPERATIONS: [(Operation, char); 19] = [
    (Operation::Read, 'R'),
    (Operation::Observe, 'R'),
    (Operation::CancelObservation, 'R'),
    (Operation::ReadComposite, 'R'),
    (Operation::ObserveComposite, 'R'),
    (Operation::CancelObservationComposite, 'R'),
    (Operation::WriteAttributes, 'R'),
    (Operation::WriteReplace, 'W'),
    (Operation::WritePartial, 'W'),
    (Operation::WriteComposite, 'W'),
    (Operation::Execute, 'E'),
    (Operation::Delete, 'D'),
    (Operation::Create, 'C'),
    (Operation::Discover, ' '),
    (Operation::BootstrapDiscover, ' '),
    (Operation::BootstrapRead, ' '),
    (Operation::BootstrapWrite, ' '),
    (Operation::BootstrapDelete, ' '),
    (Operation::BootstrapFinish, ' '),
];

#[test]
fn every_operation_is_in_the_table() {
    for operation in Operation::ALL {
        let times = OPERATIONS.iter().filter(|(other, _)| *other == operation);
        assert_eq!(times.count(), 1, "{operation}");
    }
}

/// The letters of an entry's value, by its lowest five bits.
fn letters(value: u8) -> String {
    "RWEDC"
        .chars()
        .enumerate()
        .filter(|(bit, _)| value & (1 << bit) != 0)
        .map(|(_, letter)| letter)
        .collect()
}

/// What there is about a target.
#[derive(Clone, Copy, Debug)]
struct Case {
    accounts: usize,
    apply_to_one: bool,
    /// Whether object 2 has an instance for something else.
    elsewhere: bool,
    /// The owner; `None` without an instance of object 2 for the target.
    owner: Option<u16>,
    own: Option<u8>,
    default: Option<u8>,
}

impl Case {
    fn everybody_may(self) -> bool {
        let instantiated = self.elsewhere || self.owner.is_some();
        match (self.accounts, instantiated) {
            (_, false) => true,
            (0 | 1, true) => !self.apply_to_one,
            (_, true) => false,
        }
    }

    /// The letters that the server has on an instance: the first line that fits.
    fn letters_on_instance(self) -> String {
        let owns = self.owner == Some(SERVER);
        match (self.owner, self.own, self.default) {
            (None, _, _) => String::new(),
            (_, Some(own), _) => letters(own),
            (_, None, _) if owns => "RWED".into(),
            (_, None, Some(default)) => letters(default),
            (_, None, None) => String::new(),
        }
    }

    fn rules(self, instance: u16) -> Rules {
        let mut rules = Vec::new();
        if self.elsewhere {
            // Whatever is said of another instance, and of another object, is of no use here.
            rules.push(rule(16, 7, SERVER, &[(SERVER, 31), (0, 31)]));
            rules.push(rule(17, instance, SERVER, &[(SERVER, 31), (0, 31)]));
        }
        if let Some(owner) = self.owner {
            let own = self.own.map(|value| (SERVER, value.into()));
            let default = self.default.map(|value| (0, value.into()));
            let entries: Vec<(u16, i64)> = own.into_iter().chain(default).chain([(OTHER, 31)]).collect();
            rules.push(rule(16, instance, owner, &entries));
        }
        Rules(rules)
    }
}

fn cases() -> Vec<Case> {
    let values = || core::iter::once(None).chain((0..32).map(Some));
    let mut cases = Vec::new();
    for accounts in 0..=3 {
        for (apply_to_one, elsewhere) in [(false, false), (false, true), (true, false), (true, true)] {
            let case = Case {
                accounts,
                apply_to_one,
                elsewhere,
                owner: None,
                own: None,
                default: None,
            };
            cases.push(case);
            for owner in [SERVER, OTHER, 65_535].map(Some) {
                for own in values() {
                    cases.extend(values().map(|default| Case {
                        owner,
                        own,
                        default,
                        ..case
                    }));
                }
            }
        }
    }
    cases
}

fn policy(case: Case) -> SingleServer {
    match case.apply_to_one {
        true => SingleServer::Rules,
        false => SingleServer::FullRights,
    }
}

// proves: ACL-01 ACL-02 ACL-03 ACL-04 ACL-05 ACL-06 ACL-07 ACL-08 ACL-09 ACL-11 ACL-14
#[test]
fn rights_on_instances_are_those_of_the_tables() {
    let targets = [
        Path::instance(16, 0),
        Path::resource(16, 0, 2),
        Path::resource_instance(16, 0, 2, 1),
    ];
    let (mut refused, mut granted) = (0_u32, 0_u32);
    for case in cases() {
        let rules = case.rules(0);
        let access = rules
            .with_accounts(case.accounts)
            .with_single_server(policy(case));
        let has = case.letters_on_instance();
        for (operation, needs) in OPERATIONS {
            let expected = match needs {
                ' ' => Ok(()),
                'C' => Err(Status::MethodNotAllowed),
                _ if case.everybody_may() => Ok(()),
                _ if has.contains(needs) => Ok(()),
                _ => Err(Status::Unauthorized),
            };
            for target in targets {
                let found = access.check(SERVER, operation, target);
                assert_eq!(found, expected, "{operation} on {target}: {case:?}");
            }
            match expected {
                Ok(()) => granted += 1,
                Err(_) => refused += 1,
            }
        }
    }
    println!("{} combinations at {} targets", refused + granted, targets.len());
    assert!(
        refused > 100_000 && granted > 100_000,
        "both happen: {refused}, {granted}"
    );
}

// proves: ACL-10
#[test]
fn only_an_own_entry_with_the_bit_lets_a_server_create() {
    for case in cases() {
        let rules = case.rules(65_535);
        let access = rules
            .with_accounts(case.accounts)
            .with_single_server(policy(case));
        let entry = case.owner.and(case.own).map(letters).unwrap_or_default();
        let expected = match case.everybody_may() || entry.contains('C') {
            true => Ok(()),
            false => Err(Status::Unauthorized),
        };
        let found = access.check(SERVER, Operation::Create, Path::object(16));
        assert_eq!(found, expected, "{case:?}");
    }
}

// proves: ACL-11
#[test]
fn objects_need_no_right_to_be_read_or_given_attributes() {
    let path = Path::object(16);
    for case in cases() {
        let rules = case.rules(0);
        let access = rules
            .with_accounts(case.accounts)
            .with_single_server(policy(case));
        for operation in [
            Operation::Read,
            Operation::Observe,
            Operation::WriteAttributes,
            Operation::Discover,
        ] {
            assert_eq!(
                access.check(SERVER, operation, path),
                Ok(()),
                "{operation}: {case:?}"
            );
        }
        for operation in [Operation::WriteReplace, Operation::Execute, Operation::Delete] {
            let found = access.check(SERVER, operation, path);
            assert_eq!(found, Err(Status::MethodNotAllowed), "{operation}: {case:?}");
        }
    }
}

// proves: ACL-17 ACL-19 ACL-20
#[test]
fn rules_are_changed_by_their_owner_alone_and_read_by_all() {
    for owner in [SERVER, OTHER, 65_535] {
        for instance in [0, 65_535] {
            for entry in 0..32 {
                let rules = Rules(vec![rule(16, instance, owner, &[(SERVER, entry), (0, 31)])]);
                let access = rules.with_accounts(2);
                let may_write = owner == SERVER && instance != 65_535;
                for (operation, needs) in OPERATIONS {
                    for depth in 2..=4 {
                        let path = Path::resource_instance(2, 0, 2, OTHER).up_to(depth);
                        let expected = match (needs, depth) {
                            ('R' | ' ', _) => true,
                            ('C', _) | ('D', 2) => false,
                            _ => may_write,
                        };
                        let found = access.check(SERVER, operation, path);
                        assert_eq!(found.is_ok(), expected, "{operation} on {path}, owner {owner}");
                        assert!(matches!(found, Ok(()) | Err(Status::Unauthorized)));
                    }
                }
                let create = access.check(SERVER, Operation::Create, Path::object(2));
                assert_eq!(create, Err(Status::Unauthorized));
            }
        }
    }
}

#[test]
fn a_number_that_is_no_short_server_id_has_no_right() {
    let rules = Rules(vec![rule(16, 0, 65_535, &[(0, 31), (65_535, 31)])]);
    let access = rules.with_accounts(2);
    for server in [0, 65_535] {
        let found = access.check(server, Operation::Read, Path::instance(16, 0));
        assert_eq!(found, Err(Status::Unauthorized), "{server}");
        assert!(access.rights(server, 16, 0).is_empty());
        assert!(!access.may_create(server, 16));
    }
}
