include!("../station.rs");
use station::Station;

fn main() {
    #[derive(Default)]
    struct Other;
    let mut other = Other;
    let _ = Station::NAME.write(&mut other, "roof");
}
