import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.bootstrap.DefaultBootstrapConsistencyChecker;
import org.eclipse.leshan.client.engine.DefaultRegistrationEngineFactory;
import org.eclipse.leshan.client.object.LwM2mTestObject;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.observer.LwM2mClientObserverAdapter;
import org.eclipse.leshan.client.resource.BaseInstanceEnabler;
import org.eclipse.leshan.client.resource.LwM2mObjectEnabler;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.resource.SimpleInstanceEnabler;
import org.eclipse.leshan.client.send.ManualDataSender;
import org.eclipse.leshan.client.servers.DefaultServersInfoExtractor;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.LwM2mId;
import org.eclipse.leshan.core.ResponseCode;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.model.StaticModel;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.request.BootstrapRequest;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.DeregisterRequest;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.RegisterRequest;
import org.eclipse.leshan.core.request.UpdateRequest;
import org.eclipse.leshan.core.request.argument.Arguments;
import org.eclipse.leshan.core.response.ExecuteResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.core.response.SendResponse;
import org.eclipse.leshan.core.response.WriteResponse;
import org.eclipse.leshan.transport.californium.client.endpoint.CaliforniumClientEndpointsProvider;
import org.eclipse.leshan.transport.californium.client.endpoint.coap.CoapClientProtocolProvider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A client of Eclipse Leshan, driven by lines of JSON. Arguments are its endpoint name, a URI, and then
 * <ul>
 * <li>"lifetime=100" in seconds, "queue" for queue mode: the URI is the server's;</li>
 * <li>"version=4:1.0" for a version of an object that is not the newest;</li>
 * <li>"bootstrap", "format=TLV" for the one that it prefers, "refuse=1" for how often it finds what it is given
 * inconsistent: the URI is the bootstrap server's.</li>
 * </ul>
 */
public final class LeshanClient {
    private final org.eclipse.leshan.client.LeshanClient client;
    private final Temperature temperature = new Temperature();

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (String option : Arrays.asList(arguments).subList(2, arguments.length)) {
            String[] parts = option.split("=", 2);
            options.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        new LeshanClient(arguments[0], arguments[1], options).run();
    }

    private LeshanClient(String endpoint, String uri, Map<String, String> options) {
        ObjectsInitializer objects = new ObjectsInitializer(new StaticModel(models(options.get("version"))));
        Refusing refusing = new Refusing();
        DefaultRegistrationEngineFactory engine = new DefaultRegistrationEngineFactory();
        engine.setQueueMode(options.containsKey("queue"));
        if (options.containsKey("bootstrap")) {
            objects.setInstancesForObject(LwM2mId.SECURITY, Security.noSecBootstrap(uri));
            objects.setClassForObject(LwM2mId.SERVER, Server.class);
            objects.setClassForObject(LwM2mId.ACCESS_CONTROL, SimpleInstanceEnabler.class);
            engine.setRetryWaitingTimeInMs(1_000);
            if (options.containsKey("format")) {
                engine.setPreferredContentFormat(ContentFormat.fromName(options.get("format")));
            }
        } else {
            long lifetime = Long.parseLong(options.getOrDefault("lifetime", "100"));
            objects.setInstancesForObject(LwM2mId.SECURITY, Security.noSec(uri, 123));
            objects.setInstancesForObject(LwM2mId.SERVER, new Server(123, lifetime));
        }
        objects.setInstancesForObject(LwM2mId.DEVICE, new Device());
        objects.setInstancesForObject(LwM2mId.CONNECTIVITY_MONITORING, new Connectivity());
        objects.setInstancesForObject(Models.TEMPERATURE, temperature);
        objects.setInstancesForObject(Models.TEST, new LwM2mTestObject());
        client = new LeshanClientBuilder(endpoint).setObjects(objects.createAll())
                .setEndpointsProviders(
                        new CaliforniumClientEndpointsProvider.Builder(new CoapClientProtocolProvider()).build())
                .setRegistrationEngineFactory(engine)
                .setBootstrapConsistencyChecker(refusing)
                .setDataSenders(new ManualDataSender()).build();
        // Leshan asks it about what the client is built with, too.
        refusing.left = Integer.parseInt(options.getOrDefault("refuse", "0"));
    }

    private static List<ObjectModel> models(String version) {
        if (version == null) {
            return Models.newest();
        }
        String[] parts = version.split(":");
        return Models.with(Integer.parseInt(parts[0]), parts[1]);
    }

    private void run() throws Exception {
        client.addObserver(new LwM2mClientObserverAdapter() {
            @Override
            public void onBootstrapStarted(LwM2mServer server, BootstrapRequest request) {
                Json.print(Json.event("bootstrapping"));
            }

            @Override
            public void onBootstrapSuccess(LwM2mServer server, BootstrapRequest request) {
                Json.print(Json.event("bootstrapped"));
            }

            @Override
            public void onBootstrapFailure(LwM2mServer server, BootstrapRequest request, ResponseCode code,
                    String message, Exception cause) {
                Json.print(Json.event("bootstrap failed").put("code", String.valueOf(code)).put("cause",
                        String.valueOf(cause)));
            }

            @Override
            public void onRegistrationSuccess(LwM2mServer server, RegisterRequest request, String id) {
                Json.print(Json.event("registered").put("location", id));
            }

            @Override
            public void onUpdateSuccess(LwM2mServer server, UpdateRequest request) {
                Json.print(Json.event("updated"));
            }

            @Override
            public void onDeregistrationSuccess(LwM2mServer server, DeregisterRequest request) {
                Json.print(Json.event("deregistered"));
            }
        });
        client.start();
        Json.serve(this::answer);
        client.destroy(true);
    }

    private ObjectNode answer(JsonNode command) throws Exception {
        switch (command.path("op").asText()) {
        case "temperature":
            temperature.set(command.get("value").asDouble());
            return Json.object();
        case "get":
            LwM2mPath path = new LwM2mPath(command.get("path").asText());
            ReadResponse held = client.getObjectTree().getObjectEnabler(path.getObjectId()).read(LwM2mServer.SYSTEM,
                    new ReadRequest(path.toString()));
            ObjectNode values = Json.object();
            if (held.isSuccess()) {
                values.set("values", Json.values(path, held.getContent()));
            }
            return values.put("code", held.getCode().toString());
        case "update":
            client.triggerRegistrationUpdate();
            return Json.object();
        case "send":
            LwM2mServer server = client.getRegisteredServers().values().iterator().next();
            SendResponse response = client.getSendService().sendData(server,
                    ContentFormat.fromName(command.path("format").asText("SENML_CBOR")),
                    Arrays.asList(command.get("path").asText()), 10_000);
            return response == null ? Json.object().put("error", "no answer within the time")
                    : Json.object().put("code", response.getCode().toString());
        case "stop":
            client.stop(true);
            return Json.object();
        default:
            throw new IllegalArgumentException("no command " + command.path("op"));
        }
    }

    /** Leshan's own check, but for some refusals first. */
    private static final class Refusing extends DefaultBootstrapConsistencyChecker {
        private volatile int left;

        Refusing() {
            super(new DefaultServersInfoExtractor());
        }

        @Override
        public synchronized List<String> checkconfig(Map<Integer, LwM2mObjectEnabler> objects) {
            if (left > 0) {
                left--;
                return Arrays.asList("as the script wants");
            }
            return super.checkconfig(objects);
        }
    }

    /** A sensor whose value the script sets. */
    public static final class Temperature extends SimpleInstanceEnabler {
        public Temperature() {
            initialValues = new HashMap<>();
            initialValues.put(5700, 21.5);
            initialValues.put(5701, "Cel");
            initialValues.put(5750, "");
        }

        synchronized void set(double value) {
            resources.put(5700, org.eclipse.leshan.core.node.LwM2mSingleResource.newFloatResource(5700, value));
            fireResourceChange(5700);
        }

        @Override
        public List<Integer> getAvailableResourceIds(ObjectModel model) {
            return Arrays.asList(5700, 5701, 5750);
        }
    }

    /** What each version of the object has. */
    public static final class Connectivity extends SimpleInstanceEnabler {
        public Connectivity() {
            initialValues = new HashMap<>();
            initialValues.put(0, 41L);
            initialValues.put(1, Collections.singletonMap(0, 41L));
            initialValues.put(2, -80L);
            initialValues.put(4, Collections.singletonMap(0, "192.0.2.1"));
        }

        @Override
        public List<Integer> getAvailableResourceIds(ObjectModel model) {
            return Arrays.asList(0, 1, 2, 4);
        }
    }

    public static final class Device extends BaseInstanceEnabler {
        private String timezone = "Europe/Berlin";

        @Override
        public ReadResponse read(LwM2mServer server, int resource) {
            switch (resource) {
            case 0:
                return ReadResponse.success(resource, "Leshan");
            case 1:
                return ReadResponse.success(resource, "Interop");
            case 9:
                return ReadResponse.success(resource, 87L);
            case 11:
                Map<Integer, Long> codes = Collections.singletonMap(0, 0L);
                return ReadResponse.success(resource, codes, Type.INTEGER);
            case 13:
                return ReadResponse.success(resource, new Date());
            case 15:
                return ReadResponse.success(resource, timezone);
            case 16:
                return ReadResponse.success(resource, "U");
            default:
                return super.read(server, resource);
            }
        }

        @Override
        public WriteResponse write(LwM2mServer server, boolean replace, int resource, LwM2mResource value) {
            if (resource != 15) {
                return super.write(server, replace, resource, value);
            }
            timezone = (String) value.getValue();
            fireResourceChange(resource);
            return WriteResponse.success();
        }

        @Override
        public ExecuteResponse execute(LwM2mServer server, int resource, Arguments arguments) {
            Json.print(Json.event("executed").put("resource", resource).put("arguments", arguments.toString()));
            return ExecuteResponse.success();
        }

        @Override
        public List<Integer> getAvailableResourceIds(ObjectModel model) {
            return Arrays.asList(0, 1, 4, 9, 11, 13, 15, 16);
        }
    }
}
