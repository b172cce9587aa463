include!("../station.rs");
use station::Station;

fn main() {
    let mut station = Station::default();
    let _ = Station::NAME.write(&mut station, 21.5);
    let _ = Station::LEVELS.at(0).to_write(1);
    let _ = Station::LEVELS.at(0).instance(1).to_write("low");
}
