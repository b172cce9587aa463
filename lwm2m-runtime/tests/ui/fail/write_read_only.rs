include!("../station.rs");
use station::Station;

fn main() {
    let mut station = Station::default();
    let _ = Station::VALUE.write(&mut station, 1.0);
    let _ = Station::VALUE.at(0).to_write(1.0);
}
