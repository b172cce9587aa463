//! Bootstrap from a smartcard (LwM2M Core 1.2, section 6.1.4 and appendix G.3).
//!
//! | file | what |
//! |---|---|
//! | `file` | EF LwM2M_Bootstrap, the file that configures a client |
//! | `card` | a card's files, wherever they are |
//! | `ber` | tags, lengths and values in the files that lead there |
//! | `directory` | those files: EF DIR, EF ODF, EF DODF-bootstrap |
//! | `search` | the way from EF DIR to EF LwM2M_Bootstrap |
//! | `memory` | a card in memory |
//!
//! 1. EF DIR lists the card's applications; the one of PKCS #15 is looked for.
//! 2. Its EF ODF (5031) names the files that describe data objects, the first one being the most important.
//! 3. Of those (6430), the entry of the application "LwM2M bootstrap" (2.23.43.9.1) names the file, and says whether it
//!    needs a PIN.
//! 4. The file has instances of objects in TLV.

mod ber;
mod card;
mod directory;
mod file;
mod memory;
mod search;

pub use card::{CardApplication, CardContents, CardFile, Smartcard};
pub use directory::DirectoryFault;
pub use file::{SmartcardError, SmartcardFile, SmartcardObject};
pub use memory::MemoryCard;
pub use search::{CardError, SmartcardData, read_bootstrap_data};
