import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Date;
import java.util.Map;

import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.node.LwM2mResourceInstance;
import org.eclipse.leshan.core.node.ObjectLink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The lines between the script and Leshan: one JSON object each, commands in, answers and events out. */
final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();

    interface Command {
        ObjectNode run(JsonNode command) throws Exception;
    }

    /** Answers commands until standard input ends. Whatever goes wrong is an answer with "error". */
    static void serve(Command runner) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode command = MAPPER.readTree(line);
            ObjectNode answer;
            try {
                answer = runner.run(command);
            } catch (Exception e) {
                answer = object().put("error", e.toString());
            }
            answer.set("id", command.get("id"));
            print(answer);
        }
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ObjectNode event(String name) {
        return object().put("event", name);
    }

    static synchronized void print(ObjectNode line) {
        System.out.println(line);
        System.out.flush();
    }

    /** The values below a node by path, flat: {"/3/0/0": "Example", "/3/0/11/0": 0}. */
    static ObjectNode values(LwM2mPath path, LwM2mNode node) {
        ObjectNode values = object();
        collect(values, path, node);
        return values;
    }

    static ObjectNode values(Map<LwM2mPath, ? extends LwM2mNode> nodes) {
        ObjectNode values = object();
        nodes.forEach((path, node) -> collect(values, path, node));
        return values;
    }

    private static void collect(ObjectNode values, LwM2mPath path, LwM2mNode node) {
        if (node == null) {
            values.putNull(path.toString());
        } else if (node instanceof LwM2mObject) {
            ((LwM2mObject) node).getInstances()
                    .forEach((id, instance) -> collect(values, path.append(id), instance));
        } else if (node instanceof LwM2mObjectInstance) {
            ((LwM2mObjectInstance) node).getResources()
                    .forEach((id, resource) -> collect(values, path.append(id), resource));
        } else if (node instanceof LwM2mResource && ((LwM2mResource) node).isMultiInstances()) {
            ((LwM2mResource) node).getInstances()
                    .forEach((id, instance) -> collect(values, path.append(id), instance));
        } else if (node instanceof LwM2mResource) {
            put(values, path, ((LwM2mResource) node).getValue());
        } else if (node instanceof LwM2mResourceInstance) {
            put(values, path, ((LwM2mResourceInstance) node).getValue());
        }
    }

    private static void put(ObjectNode values, LwM2mPath path, Object value) {
        String name = path.toString();
        if (value instanceof Long) {
            values.put(name, (Long) value);
        } else if (value instanceof Double) {
            values.put(name, (Double) value);
        } else if (value instanceof Boolean) {
            values.put(name, (Boolean) value);
        } else if (value instanceof byte[]) {
            values.put(name, Base64.getEncoder().encodeToString((byte[]) value));
        } else if (value instanceof Date) {
            values.put(name, ((Date) value).getTime() / 1000);
        } else if (value instanceof ObjectLink) {
            ObjectLink link = (ObjectLink) value;
            values.put(name, link.getObjectId() + ":" + link.getObjectInstanceId());
        } else if (value instanceof Link[]) {
            StringBuilder text = new StringBuilder();
            for (Link link : (Link[]) value) {
                text.append(text.length() == 0 ? "" : ",").append(link);
            }
            values.put(name, text.toString());
        } else {
            values.put(name, String.valueOf(value));
        }
    }
}
