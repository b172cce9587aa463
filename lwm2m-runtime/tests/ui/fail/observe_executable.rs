include!("../station.rs");
use station::Station;

fn main() {
    // Observing begins with the path to read.
    let _ = Station::RESTART.at(0).to_read();
}
