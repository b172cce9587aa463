include!("../station.rs");
use station::Station;

fn main() {
    let mut station = Station::default();
    let _ = Station::RESTART.read(&station);
    let _ = Station::RESTART.write(&mut station, ());
}
