//! What becomes of rules when something comes or goes.

use lwm2m_runtime::{
    access_control::{Rights, Unbootstrapped, created, deleted, unbootstrapped},
    model::Path,
    operation::Operation,
};

use crate::support::{Rules, rule};

#[test]
fn who_creates_an_instance_owns_it_with_all_rights() {
    let mut rules = Rules(vec![rule(3, 0, 101, &[]), rule(16, 65_535, 65_535, &[(102, 16)])]);
    let (id, new) = created(rules.iter(), 16, 4, 102).unwrap();
    assert_eq!((id, &new), (2, &rule(16, 4, 102, &[(102, 15)])));
    rules.0.push(new);
    let access = rules.with_accounts(2);
    assert_eq!(access.rights(102, 16, 4), Rights::FULL);
    assert_eq!(access.rights(101, 16, 4), Rights::NONE);
    assert_eq!(
        access.check(102, Operation::WriteReplace, Path::resource(2, 2, 2)),
        Ok(())
    );
}

#[test]
fn a_new_rule_takes_the_place_of_an_old_one_for_the_same_instance() {
    let rules = Rules(vec![rule(16, 4, 101, &[]), rule(3, 0, 101, &[])]);
    let (id, new) = created(rules.iter(), 16, 4, 102).unwrap();
    assert_eq!((id, new), (0, rule(16, 4, 102, &[(102, 15)])));
}

#[test]
fn the_first_rule_is_the_bootstrap_servers_to_make() {
    assert_eq!(created(Rules(Vec::new()).iter(), 16, 0, 101), None);
    let rules = Rules(vec![rule(3, 0, 101, &[])]);
    assert_eq!(created(rules.iter(), 2, 0, 101), None);
    assert_eq!(created(rules.iter(), 16, 0, 0), None);
}

#[test]
fn rules_go_with_their_instance() {
    let rules = Rules(vec![
        rule(16, 0, 101, &[]),
        rule(16, 65_535, 65_535, &[]),
        rule(16, 1, 101, &[]),
        rule(17, 1, 101, &[]),
    ]);
    assert_eq!(deleted(rules.iter(), 16, 1).collect::<Vec<_>>(), [2]);
    assert_eq!(deleted(rules.iter(), 16, 9).count(), 0);
    assert_eq!(deleted(rules.iter(), 16, 65_535).count(), 0);
}

fn change(rule: u16, remove_entry: bool, owner: Option<u16>) -> (u16, Option<Path>, bool, Option<u16>) {
    (rule, None, remove_entry, owner)
}

fn flat(consequence: &Unbootstrapped) -> (u16, Option<Path>, bool, Option<u16>) {
    match *consequence {
        Unbootstrapped::Delete { instance, rule } => (rule, Some(instance), false, None),
        Unbootstrapped::Change {
            rule,
            remove_entry,
            owner,
        } => (rule, None, remove_entry, owner),
        _ => panic!("{consequence:?}"),
    }
}

// proves: ACL-24
#[test]
fn a_server_that_goes_leaves_what_others_use_to_the_one_with_most_rights() {
    let rules = Rules(vec![
        // Its own alone, with and without an entry: gone.
        rule(16, 0, 101, &[(101, 15)]),
        rule(16, 1, 101, &[]),
        // An entry of nobody any more, and one without a right, are no access.
        rule(16, 2, 101, &[(104, 15), (102, 0)]),
        // Shared: W and D count one each, R and E nothing.
        rule(16, 3, 101, &[(101, 15), (102, 5), (103, 3)]),
        rule(16, 4, 101, &[(102, 3), (103, 11)]),
        // A tie: the lowest number.
        rule(16, 5, 101, &[(101, 15), (103, 9), (102, 3)]),
        // By the default entry, too.
        rule(16, 6, 101, &[(0, 1)]),
        // Not its own: its entry goes, if there is one.
        rule(16, 7, 102, &[(101, 1)]),
        rule(16, 8, 102, &[(103, 1)]),
        // Who may create is the bootstrap server's to say.
        rule(16, 65_535, 65_535, &[(101, 16), (102, 16)]),
        // The device itself stays.
        rule(3, 0, 101, &[(101, 15)]),
    ]);
    let consequences = unbootstrapped(rules.iter(), 101, &[102, 103]);
    let found: Vec<_> = consequences.iter().map(flat).collect();
    assert_eq!(
        found,
        [
            (0, Some(Path::instance(16, 0)), false, None),
            (1, Some(Path::instance(16, 1)), false, None),
            (2, Some(Path::instance(16, 2)), false, None),
            change(3, true, Some(103)),
            change(4, false, Some(103)),
            change(5, true, Some(102)),
            change(6, false, Some(102)),
            change(7, true, None),
            change(9, true, None),
            change(10, true, Some(65_535)),
        ]
    );
}
