include!("../station.rs");
use station::Station;

fn main() {
    let station = Station::default();
    let _ = Station::KEY.read(&station);
    let _ = Station::KEY.at(0).to_read();
}
