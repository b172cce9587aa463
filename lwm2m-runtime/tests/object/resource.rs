use lwm2m_runtime::{
    model::{Path, Time},
    object::{Instances, WriteError},
};

use crate::station::Station;

#[test]
fn a_resource_is_read_and_written_by_its_type() {
    let mut station = Station::default();
    assert_eq!(Station::O_NAME.read(&station), None);
    assert_eq!(Station::O_NAME.write(&mut station, "roof"), Ok(()));
    assert_eq!(Station::O_NAME.read(&station).as_deref(), Some("roof"));
    assert_eq!(Station::LEVEL.write(&mut station, 5), Ok(()));
    assert!(matches!(
        Station::LEVEL.write(&mut station, 6),
        Err(WriteError::Constraint(_))
    ));
    assert_eq!(station.level, 5);
    assert_eq!(Station::SINCE.read(&station), Some(Time(0)));
}

#[test]
fn a_multiple_resource_is_replaced_as_a_whole_or_not_at_all() {
    let mut station = Station::default();
    assert_eq!(Station::LEVELS.write(&mut station, [(3, 3), (1, 1)]), Ok(()));
    assert_eq!(Station::LEVELS.read(&station), Some([(1, 1), (3, 3)].into()));
    assert!(matches!(
        Station::LEVELS.write(&mut station, [(0, 0), (1, 10)]),
        Err(WriteError::Constraint(_))
    ));
    assert_eq!(Station::LEVELS.read(&station), Some([(1, 1), (3, 3)].into()));
    assert_eq!(Station::LEVELS.write(&mut station, [(9, 9)]), Ok(()));
    assert_eq!(station.levels, [(9, 9)].into());

    assert_eq!(Station::O_NAMES.read(&station), None);
    assert_eq!(Station::O_NAMES.write(&mut station, Instances::new()), Ok(()));
    assert_eq!(Station::O_NAMES.read(&station), Some(Instances::new()));
}

#[test]
fn typed_paths_name_what_they_address() {
    let names = Station::NAMES.at(2);
    assert_eq!(names.path(), Path::resource(40000, 2, 20));
    assert_eq!(names.to_read(), names.path());
    assert_eq!(
        names.instance(5).to_read(),
        Path::resource_instance(40000, 2, 20, 5)
    );
    assert_eq!(Station::RESTART.at(0).to_execute(), Path::resource(40000, 0, 900));
    assert_eq!(format!("{names:?}"), "/40000/2/20");
    assert_eq!(format!("{:?}", Station::NAMES), "Resource(20)");
    assert_eq!(
        Station::LEVEL.definition().map(|definition| definition.range()),
        Some("-5..5")
    );
}

#[test]
fn a_typed_write_is_checked_before_it_leaves() {
    let level = Station::LEVEL.at(0);
    assert_eq!(level.to_write(-5), Ok((level.path(), -5)));
    assert!(level.to_write(-6).is_err());
    let names = Station::LEVELS.at(0);
    assert!(names.to_write([(0, 9), (1, 10)]).is_err());
    assert_eq!(
        names.instance(1).to_write(9).map(|(path, _)| path),
        Ok(names.instance(1).path())
    );
    assert!(names.instance(1).to_write(10).is_err());
}
