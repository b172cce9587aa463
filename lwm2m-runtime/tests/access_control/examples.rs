//! The two servers of LwM2M Core 1.2, section 8.2, and the example client of LwM2M 1.0, appendix F.

use lwm2m_runtime::{
    access_control::{AccessControl, Rights, Rule},
    model::{ObjectDefinition, Path, ResourceDefinition, ResourceType, ValueRef},
    object::{DynamicInstance, Instance},
    operation::{Operation, Status},
};

use crate::support::{Rules, rule};

const REFUSED: Result<(), Status> = Err(Status::Unauthorized);

fn path(text: &str) -> Path {
    text.parse().unwrap()
}

// proves: ACL-06 ACL-10 ACL-14 ACL-19
#[test]
fn two_servers_have_the_rights_of_the_example() {
    let rules = Rules(vec![
        rule(1, 0, 101, &[(101, 15)]),
        rule(3, 0, 101, &[(101, 15), (102, 1)]),
        rule(4, 65_535, 65_535, &[(101, 16)]),
    ]);
    let access = rules.with_accounts(2);
    let answers = [
        (102, Operation::Read, "/1/0", REFUSED),
        (102, Operation::Read, "/1", Ok(())),
        (102, Operation::Read, "/3/0/0", Ok(())),
        (102, Operation::Execute, "/3/0/4", REFUSED),
        (101, Operation::Create, "/4", Ok(())),
        (102, Operation::Create, "/4", REFUSED),
        (102, Operation::WriteReplace, "/2/1/2", REFUSED),
        (101, Operation::WriteReplace, "/2/1/2", Ok(())),
        (101, Operation::WriteComposite, "/3/0/14", Ok(())),
        (101, Operation::WriteComposite, "/1/0/1", Ok(())),
        (102, Operation::ReadComposite, "/1/0/1", REFUSED),
        (102, Operation::ReadComposite, "/3/0/0", Ok(())),
    ];
    for (server, operation, target, expected) in answers {
        let found = access.check(server, operation, path(target));
        assert_eq!(found, expected, "{server}: {operation} on {target}");
    }
    // What `GET /1` leaves out.
    assert!(!access.rights(102, 1, 0).contains(Rights::READ));
}

// proves: ACL-06 ACL-07 ACL-08 ACL-10 ACL-19
#[test]
fn the_servers_of_the_example_client_have_its_rights() {
    let rules = Rules(vec![
        rule(1, 0, 101, &[(101, 15)]),
        rule(1, 1, 102, &[(102, 15)]),
        rule(3, 0, 101, &[(101, 15), (102, 1)]),
        rule(4, 0, 101, &[(101, 1), (0, 1)]),
        rule(5, 65_535, 65_535, &[(101, 16)]),
    ]);
    let access = rules.with_accounts(2);
    let answers = [
        (102, Operation::WriteReplace, "/3/0/14", REFUSED),
        (102, Operation::Read, "/3/0/0", Ok(())),
        (102, Operation::Read, "/4/0", Ok(())),
        (102, Operation::Read, "/1/0", REFUSED),
        (101, Operation::Create, "/5", Ok(())),
        (102, Operation::Create, "/5", REFUSED),
        (101, Operation::WriteReplace, "/4/0", REFUSED),
        (101, Operation::WriteReplace, "/2/2", Ok(())),
        (102, Operation::WriteReplace, "/2/2", REFUSED),
    ];
    for (server, operation, target, expected) in answers {
        let found = access.check(server, operation, path(target));
        assert_eq!(found, expected, "{server}: {operation} on {target}");
    }
}

/// Unsigned integers, and a mandatory resource that may be missing.
static FOREIGN: ObjectDefinition = ObjectDefinition::new(2, "Access Control", "urn:oma:lwm2m:oma:2")
    .with_multiple()
    .with_resources(&[
        ResourceDefinition::new(0, "Object ID", Some(ResourceType::Unsigned), NO_ACCESS),
        ResourceDefinition::new(1, "Object Instance ID", Some(ResourceType::Unsigned), NO_ACCESS),
        ResourceDefinition::new(2, "ACL", Some(ResourceType::Unsigned), NO_ACCESS).with_multiple(),
        ResourceDefinition::new(3, "Access Control Owner", Some(ResourceType::Unsigned), NO_ACCESS),
    ]);
const NO_ACCESS: lwm2m_runtime::model::Operations = lwm2m_runtime::model::Operations::R;

#[test]
fn instances_of_any_type_are_rules() {
    let mut instance = DynamicInstance::new(&FOREIGN);
    {
        let instance: &mut dyn Instance = &mut instance;
        for (resource, value) in [(0, 3), (1, 0), (3, 101)] {
            instance.write(resource, None, ValueRef::Unsigned(value)).unwrap();
        }
        instance.write(2, Some(102), ValueRef::Unsigned(0xff01)).unwrap();
    }
    let rule = Rule::read(9, &instance);
    assert_eq!(
        (rule.id(), rule.object(), rule.instance(), rule.owner()),
        (9, 3, 0, 101)
    );
    assert_eq!(rule.entries().collect::<Vec<_>>(), [(102, Rights::READ)]);
    assert_eq!(rule.rights(101), Rights::FULL);
    assert_eq!(rule.rights(102), Rights::READ);
    assert_eq!(rule.rights(103), Rights::NONE);
}

#[test]
fn an_incomplete_instance_gives_nobody_a_right() {
    let mut instance = DynamicInstance::new(&FOREIGN);
    (&mut instance as &mut dyn Instance)
        .write(2, Some(0), ValueRef::Unsigned(31))
        .unwrap();
    let access = AccessControl::new(2, [Rule::read(0, &instance)].into_iter());
    for target in ["/0/0", "/3/0", "/16/0"] {
        assert_eq!(
            access.check(101, Operation::Read, path(target)).is_ok(),
            target == "/0/0"
        );
    }
    let owned = Operation::WriteReplace;
    assert_eq!(access.check(101, owned, path("/2/0/2")), REFUSED);
}
