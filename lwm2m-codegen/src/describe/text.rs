use crate::{
    model::{Enumeration, Object, ResourceType},
    names::{ObjectNames, Words},
    printable::Printable,
};

/// An object as a table for people, with the names of values below it.
pub fn object(object: &Object, words: &Words) -> String {
    let names = ObjectNames::new(object, words);
    let mut text = format!(
        "{} {} {}\n{}, LwM2M {} or later, {}, {}\n\n",
        object.id,
        Printable(&object.name),
        object.version,
        Printable(&object.urn),
        object.lwm2m_version,
        if object.multiple {
            "multiple instances"
        } else {
            "single instance"
        },
        presence(object.mandatory),
    );
    let mut table = Table::default();
    table.row([
        "ID",
        "Name",
        "Identifier",
        "Operations",
        "Type",
        "Instances",
        "Presence",
        "Units",
        "Range",
    ]);
    for (resource, names) in object.resources.iter().zip(&names.resources) {
        table.row([
            resource.id.to_string().as_str(),
            &resource.name,
            &names.field,
            or_dash(resource.operations.name()),
            or_dash(resource.resource_type.map_or("", ResourceType::name)),
            if resource.multiple { "multiple" } else { "single" },
            presence(resource.mandatory),
            or_dash(&resource.units),
            or_dash(&resource.range),
        ]);
    }
    text.push_str(&table.finish());
    for resource in &object.resources {
        if let Some(enumeration) = &resource.enumeration {
            text.push_str(&format!(
                "\nValues of {} {}\n",
                resource.id,
                Printable(&resource.name)
            ));
            text.push_str(&values(enumeration));
        }
    }
    text
}

fn values(enumeration: &Enumeration) -> String {
    let mut table = Table::default();
    for item in &enumeration.items {
        table.row([item.code.to_string().as_str(), &item.identifier, &item.label]);
    }
    table.finish()
}

fn presence(mandatory: bool) -> &'static str {
    if mandatory { "mandatory" } else { "optional" }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// Columns as wide as their widest cell; the first one, of numbers, to the right.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn row<const COLUMNS: usize>(&mut self, cells: [&str; COLUMNS]) {
        self.rows
            .push(cells.iter().map(|cell| Printable(cell).to_string()).collect());
    }

    fn finish(self) -> String {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (column, (width, cell)) in widths.iter().zip(row).enumerate() {
                match column {
                    0 => line.push_str(&format!("{cell:>width$}")),
                    _ => line.push_str(&format!("  {cell:<width$}")),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}
