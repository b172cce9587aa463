import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.leshan.client.LeshanClientBuilder;
import org.eclipse.leshan.client.engine.DefaultRegistrationEngineFactory;
import org.eclipse.leshan.client.object.LwM2mTestObject;
import org.eclipse.leshan.client.object.Security;
import org.eclipse.leshan.client.object.Server;
import org.eclipse.leshan.client.observer.LwM2mClientObserverAdapter;
import org.eclipse.leshan.client.resource.BaseInstanceEnabler;
import org.eclipse.leshan.client.resource.ObjectsInitializer;
import org.eclipse.leshan.client.resource.SimpleInstanceEnabler;
import org.eclipse.leshan.client.send.ManualDataSender;
import org.eclipse.leshan.client.servers.LwM2mServer;
import org.eclipse.leshan.core.LwM2mId;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.model.StaticModel;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.DeregisterRequest;
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
 * A client of Eclipse Leshan, driven by lines of JSON: arguments are its endpoint name, the server's URI and the
 * lifetime in seconds.
 */
public final class LeshanClient {
    private final org.eclipse.leshan.client.LeshanClient client;
    private final Temperature temperature = new Temperature();

    public static void main(String[] arguments) throws Exception {
        new LeshanClient(arguments[0], arguments[1], Long.parseLong(arguments[2])).run();
    }

    private LeshanClient(String endpoint, String uri, long lifetime) {
        ObjectsInitializer objects = new ObjectsInitializer(new StaticModel(Models.newest()));
        objects.setInstancesForObject(LwM2mId.SECURITY, Security.noSec(uri, 123));
        objects.setInstancesForObject(LwM2mId.SERVER, new Server(123, lifetime));
        objects.setInstancesForObject(LwM2mId.DEVICE, new Device());
        objects.setInstancesForObject(Models.TEMPERATURE, temperature);
        objects.setInstancesForObject(Models.TEST, new LwM2mTestObject());
        client = new LeshanClientBuilder(endpoint).setObjects(objects.createAll())
                .setEndpointsProviders(
                        new CaliforniumClientEndpointsProvider.Builder(new CoapClientProtocolProvider()).build())
                .setRegistrationEngineFactory(new DefaultRegistrationEngineFactory())
                .setDataSenders(new ManualDataSender()).build();
    }

    private void run() throws Exception {
        client.addObserver(new LwM2mClientObserverAdapter() {
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
