include!("../station.rs");
use station::Station;

fn main() {
    let _ = Station::SECRET.at(0).to_read();
}
