include!("../station.rs");
use station::Station;

fn main() {
    let mut station = Station::default();
    let _: Option<f64> = Station::VALUE.read(&station);
    let _: Option<String> = Station::NAME.read(&station);
    Station::NAME.write(&mut station, "roof").unwrap();
    Station::KEY.write(&mut station, vec![1]).unwrap();
    Station::LEVELS.write(&mut station, [(1, 1), (0, 5)]).unwrap();
    let _ = Station::LEVELS.at(0).instance(1).to_write(7).unwrap();
    let _ = Station::RESTART.at(0).to_execute();
    // The device itself sets any field, whatever a server may do.
    station.value = 1.0;
    station.secret = Some(1);
    assert_eq!(station.levels, Some([(0, 5), (1, 1)].into()));
}
