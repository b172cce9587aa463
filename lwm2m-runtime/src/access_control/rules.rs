use super::Rule;

/// Where rules are found: every iterator over all of them is one. Who asks often finds them by an index.
pub trait Rules<'a> {
    /// Whether there is none.
    fn is_empty(&self) -> bool;

    /// The rule for an object instance, or for an object itself; of several the first.
    fn of(&self, object: u16, instance: u16) -> Option<Rule<'a>>;

    /// The rule in an instance of object 2.
    fn numbered(&self, id: u16) -> Option<Rule<'a>>;
}

impl<'a, I: Iterator<Item = Rule<'a>> + Clone> Rules<'a> for I {
    fn is_empty(&self) -> bool {
        self.clone().next().is_none()
    }

    fn of(&self, object: u16, instance: u16) -> Option<Rule<'a>> {
        self.clone()
            .find(|rule| rule.object() == object && rule.instance() == instance)
    }

    fn numbered(&self, id: u16) -> Option<Rule<'a>> {
        self.clone().find(|rule| rule.id() == id)
    }
}
