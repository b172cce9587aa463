// An object as generated code would write it, shared by every case.
pub mod station {
    use ::lwm2m_runtime::__v1 as rt;

    #[derive(rt::Clone, rt::Debug, rt::Default, rt::PartialEq)]
    pub struct Station {
        pub value: rt::f64,
        pub name: rt::Option<rt::String>,
        pub key: rt::Option<rt::Vec<u8>>,
        pub secret: rt::Option<rt::i64>,
        pub levels: rt::Option<rt::Instances<rt::i64>>,
    }

    impl Station {
        pub const VALUE: rt::Resource<Self, rt::f64, rt::access::R> = rt::Resource::new(0);
        pub const NAME: rt::Resource<Self, rt::String, rt::access::RW> = rt::Resource::new(1);
        pub const KEY: rt::Resource<Self, rt::Vec<u8>, rt::access::W> = rt::Resource::new(2);
        pub const SECRET: rt::Resource<Self, rt::i64, rt::access::NoAccess> = rt::Resource::new(3);
        pub const LEVELS: rt::Resource<Self, rt::Instances<rt::i64>, rt::access::RW> = rt::Resource::new(4);
        pub const RESTART: rt::Resource<Self, (), rt::access::E> = rt::Resource::new(5);
    }

    impl rt::Object for Station {
        const DEFINITION: &'static rt::ObjectDefinition = &DEFINITION;
    }

    impl rt::Instance for Station {
        fn definition(&self) -> &'static rt::ObjectDefinition {
            &DEFINITION
        }

        fn field(&self, id: rt::u16) -> rt::Option<&dyn rt::Field> {
            rt::Option::Some(match id {
                0 => &self.value,
                1 => &self.name,
                2 => &self.key,
                3 => &self.secret,
                4 => &self.levels,
                _ => return rt::Option::None,
            })
        }

        fn field_mut(&mut self, id: rt::u16) -> rt::Option<&mut dyn rt::Field> {
            rt::Option::Some(match id {
                0 => &mut self.value,
                1 => &mut self.name,
                2 => &mut self.key,
                3 => &mut self.secret,
                4 => &mut self.levels,
                _ => return rt::Option::None,
            })
        }

        fn as_any(&self) -> &dyn rt::Any {
            self
        }

        fn as_any_mut(&mut self) -> &mut dyn rt::Any {
            self
        }
    }

    static DEFINITION: rt::ObjectDefinition =
        rt::ObjectDefinition::new(40000, "Station", "urn:oma:lwm2m:x:40000").with_resources(&[
            rt::ResourceDefinition::new(0, "Value", rt::Option::Some(rt::ResourceType::Float), rt::Operations::R)
                .with_mandatory(),
            rt::ResourceDefinition::new(1, "Name", rt::Option::Some(rt::ResourceType::String), rt::Operations::RW),
            rt::ResourceDefinition::new(2, "Key", rt::Option::Some(rt::ResourceType::Opaque), rt::Operations::W),
            rt::ResourceDefinition::new(3, "Secret", rt::Option::Some(rt::ResourceType::Integer), rt::Operations::None),
            rt::ResourceDefinition::new(4, "Levels", rt::Option::Some(rt::ResourceType::Integer), rt::Operations::RW)
                .with_multiple(),
            rt::ResourceDefinition::new(5, "Restart", rt::Option::None, rt::Operations::E),
        ]);
}
