//! A tree finds rules by an index: whatever happens to them, it says what looking at all of them would.

use lwm2m_runtime::{
    access_control::{AccessControl, Rule},
    encoding::{FormatSet, Negotiation},
    model::{Path, ValueRef, Version},
    objects::{Lwm2mAccessControl, Lwm2mServer},
    operation::{Operation, TreeView},
    tree::{Asker, Tree, TreeConfig},
};
use proptest::prelude::*;

/// Something that happens to the rule in an instance of object 2.
#[derive(Clone, Debug)]
enum Deed {
    Insert { id: u16, target: u16, server: u16 },
    Update { id: u16, target: u16 },
    Set { id: u16, object: i64 },
    Remove { id: u16 },
}

fn deed() -> impl Strategy<Value = Deed> {
    let id = 0_u16..6;
    prop_oneof![
        (id.clone(), 0_u16..4, 1_u16..4).prop_map(|(id, target, server)| Deed::Insert { id, target, server }),
        (id.clone(), 0_u16..4).prop_map(|(id, target)| Deed::Update { id, target }),
        (id.clone(), prop_oneof![Just(3_i64), Just(16), Just(70_000)])
            .prop_map(|(id, object)| Deed::Set { id, object }),
        id.prop_map(|id| Deed::Remove { id }),
    ]
}

fn apply(tree: &mut Tree, deed: &Deed) {
    match *deed {
        Deed::Insert { id, target, server } => {
            let rule = Lwm2mAccessControl {
                object_id: 16,
                object_instance_id: target.into(),
                acl: Some([(server, 1)].into()),
                access_control_owner: 9,
            };
            tree.insert(id, rule).unwrap();
        }
        Deed::Update { id, target } => {
            tree.update(id, |rule: &mut Lwm2mAccessControl| {
                rule.object_instance_id = target.into()
            });
        }
        Deed::Set { id, object } => {
            // It may not be there.
            let _ = tree.set(Path::resource(2, id, 0), ValueRef::Integer(object));
        }
        Deed::Remove { id } => {
            tree.remove(2, id);
        }
    }
}

proptest! {
    #[test]
    fn the_index_of_a_tree_says_what_its_rules_say(deeds in proptest::collection::vec(deed(), 0..40)) {
        let mut tree = Tree::new(TreeConfig::default());
        tree.add_type::<Lwm2mAccessControl>().unwrap();
        for id in [1, 2] {
            let server = Lwm2mServer { short_server_id: id, ..Lwm2mServer::default() };
            tree.insert(u16::try_from(id).unwrap(), server).unwrap();
        }
        let formats = Negotiation::with_server(Version::V1_1, FormatSet::ALL);
        for deed in &deeds {
            apply(&mut tree, deed);
            let rules: Vec<_> = tree
                .instances(2)
                .filter_map(|id| Some(Rule::read(id, tree.instance(2, id)?)))
                .collect();
            let access = AccessControl::new(2, rules.iter().copied());
            for server in 1..4 {
                for object in [3, 16] {
                    for instance in 0..4 {
                        let path = Path::instance(object, instance);
                        let expected = access.check(server, Operation::Read, path).is_ok();
                        let found = tree.may_read(Asker::new(server, &formats), object, instance);
                        prop_assert_eq!(found, expected, "{:?} {} {}", deed, server, path);
                    }
                }
            }
        }
    }
}
