import java.util.ArrayList;
import java.util.List;

import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel;
import org.eclipse.leshan.core.model.ResourceModel.Operations;
import org.eclipse.leshan.core.model.ResourceModel.Type;

/** Leshan's own objects, with the temperature sensor and the test object of the registry, which only its demos carry. */
final class Models {
    static final int TEMPERATURE = 3303;
    static final int TEST = 3442;

    static List<ObjectModel> all() {
        List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadAllDefault());
        models.addAll(own());
        return models;
    }

    /** The newest version of each object, for a client. */
    static List<ObjectModel> newest() {
        List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadDefault());
        models.addAll(own());
        return models;
    }

    /** The newest version of each object but one, for a client that has it as the version says: known, or made up. */
    static List<ObjectModel> with(int object, String version) {
        List<ObjectModel> models = newest();
        ObjectModel newest = models.stream().filter(model -> model.id == object).findFirst().get();
        models.removeIf(model -> model.id == object);
        models.add(all().stream().filter(model -> model.id == object && model.version.equals(version)).findFirst()
                .orElse(new ObjectModel(object, newest.name, newest.description, version, newest.multiple,
                        newest.mandatory, newest.resources.values())));
        return models;
    }

    private static List<ObjectModel> own() {
        List<ResourceModel> temperature = new ArrayList<>();
        temperature.add(resource(5601, Operations.R, false, Type.FLOAT));
        temperature.add(resource(5602, Operations.R, false, Type.FLOAT));
        temperature.add(resource(5603, Operations.R, false, Type.FLOAT));
        temperature.add(resource(5604, Operations.R, false, Type.FLOAT));
        temperature.add(resource(5605, Operations.E, false, Type.NONE));
        temperature.add(resource(5700, Operations.R, false, Type.FLOAT));
        temperature.add(resource(5701, Operations.R, false, Type.STRING));
        temperature.add(resource(5750, Operations.RW, false, Type.STRING));
        temperature.add(resource(5518, Operations.R, false, Type.TIME));
        temperature.add(resource(6042, Operations.R, false, Type.INTEGER));
        temperature.add(resource(6049, Operations.R, false, Type.INTEGER));
        temperature.add(resource(6050, Operations.R, false, Type.FLOAT));

        List<ResourceModel> test = new ArrayList<>();
        for (int action = 0; action <= 3; action++) {
            test.add(resource(action, Operations.E, false, Type.NONE));
        }
        test.add(resource(4, Operations.R, true, Type.STRING));
        test.add(resource(5, Operations.E, false, Type.NONE));
        test.add(resource(6, Operations.RW, true, Type.STRING));
        Object[][] types = { { 110, Type.STRING }, { 120, Type.INTEGER }, { 125, Type.UNSIGNED_INTEGER },
                { 130, Type.FLOAT }, { 140, Type.BOOLEAN }, { 150, Type.OPAQUE }, { 160, Type.TIME },
                { 170, Type.OBJLNK }, { 180, Type.CORELINK } };
        for (Object[] type : types) {
            test.add(resource((int) type[0], Operations.RW, false, (Type) type[1]));
            test.add(resource(1000 + (int) type[0], Operations.RW, true, (Type) type[1]));
        }

        List<ObjectModel> models = new ArrayList<>();
        models.add(new ObjectModel(TEMPERATURE, "Temperature", "", "1.1", true, false, temperature));
        models.add(new ObjectModel(TEMPERATURE, "Temperature", "", "1.0", true, false, temperature));
        models.add(new ObjectModel(TEST, "LwM2M v1.1 Test Object", "", "1.0", true, false, test));
        return models;
    }

    private static ResourceModel resource(int id, Operations operations, boolean multiple, Type type) {
        return new ResourceModel(id, "Resource " + id, operations, multiple, false, type, "", "", "");
    }
}
