import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.node.LwM2mMultipleResource;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.node.LwM2mResourceInstance;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.node.ObjectLink;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the script writes: a resource is {"resource": 1, "type": "INTEGER", "value": 2}, with an object of values by their
 * numbers for a multiple one; an instance has an array of them as "resources", an object has arrays of them by the
 * instances' numbers as "instances".
 */
final class Nodes {
    private Nodes() {
    }

    static LwM2mNode node(LwM2mPath path, JsonNode command) throws Exception {
        if (path.isObject()) {
            List<LwM2mObjectInstance> instances = new ArrayList<>();
            var fields = command.get("instances").fields();
            while (fields.hasNext()) {
                var field = fields.next();
                instances.add(instance(Integer.parseInt(field.getKey()), field.getValue()));
            }
            return new LwM2mObject(path.getObjectId(), instances);
        }
        if (path.isObjectInstance()) {
            return instance(path.getObjectInstanceId(), command.get("resources"));
        }
        if (path.isResourceInstance()) {
            Type type = Type.valueOf(command.get("type").asText());
            return LwM2mResourceInstance.newInstance(path.getResourceInstanceId(),
                    value(command.get("value"), type), type);
        }
        return resource(path.getResourceId(), command);
    }

    static LwM2mObjectInstance instance(int id, JsonNode descriptions) throws Exception {
        List<LwM2mResource> resources = new ArrayList<>();
        for (JsonNode description : descriptions) {
            resources.add(resource(description.get("resource").asInt(), description));
        }
        return new LwM2mObjectInstance(id, resources);
    }

    private static LwM2mResource resource(int id, JsonNode description) throws Exception {
        Type type = Type.valueOf(description.get("type").asText());
        JsonNode value = description.get("value");
        if (!value.isObject()) {
            return LwM2mSingleResource.newResource(id, value(value, type), type);
        }
        Map<Integer, Object> values = new HashMap<>();
        var fields = value.fields();
        while (fields.hasNext()) {
            var field = fields.next();
            values.put(Integer.valueOf(field.getKey()), value(field.getValue(), type));
        }
        return LwM2mMultipleResource.newResource(id, values, type);
    }

    private static Object value(JsonNode value, Type type) {
        switch (type) {
        case STRING:
            return value.asText();
        case INTEGER:
            return value.asLong();
        case FLOAT:
            return value.asDouble();
        case BOOLEAN:
            return value.asBoolean();
        case OPAQUE:
            return Base64.getDecoder().decode(value.asText());
        case TIME:
            return new Date(value.asLong() * 1000);
        case OBJLNK:
            return ObjectLink.decodeFromString(value.asText());
        default:
            throw new IllegalArgumentException("no values of type " + type);
        }
    }
}
