include!("../station.rs");
use station::Station;

fn main() {
    let _ = Station::RESTART.at(0).to_write(());
}
