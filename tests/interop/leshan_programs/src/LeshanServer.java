import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.link.lwm2m.attributes.DefaultLwM2mAttributeParser;
import org.eclipse.leshan.core.link.lwm2m.attributes.LwM2mAttributeSet;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.TimestampedLwM2mNodes;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.CancelCompositeObservationRequest;
import org.eclipse.leshan.core.request.CancelObservationRequest;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.CreateRequest;
import org.eclipse.leshan.core.request.DeleteRequest;
import org.eclipse.leshan.core.request.DiscoverRequest;
import org.eclipse.leshan.core.request.DownlinkDeviceManagementRequest;
import org.eclipse.leshan.core.request.ExecuteRequest;
import org.eclipse.leshan.core.request.ObserveCompositeRequest;
import org.eclipse.leshan.core.request.ObserveRequest;
import org.eclipse.leshan.core.request.ReadCompositeRequest;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.SendRequest;
import org.eclipse.leshan.core.request.WriteAttributesRequest;
import org.eclipse.leshan.core.request.WriteCompositeRequest;
import org.eclipse.leshan.core.request.WriteRequest;
import org.eclipse.leshan.core.response.CreateResponse;
import org.eclipse.leshan.core.response.DiscoverResponse;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.core.response.ReadCompositeResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.server.model.VersionedModelProvider;
import org.eclipse.leshan.server.observation.ObservationListener;
import org.eclipse.leshan.server.queue.PresenceListener;
import org.eclipse.leshan.server.queue.StaticClientAwakeTimeProvider;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationListener;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.server.send.SendListener;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpointsProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coap.CoapServerProtocolProvider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A server of Eclipse Leshan on a free port of the loopback address, driven by lines of JSON.
 *
 * <p>
 * Prints {"event":"listening","port":N}, then events of registrations, notifications, data that devices send, and of
 * devices in queue mode that wake up and fall asleep. The argument is how many milliseconds such a device stays awake; 0
 * stands for always.
 */
final class LeshanServer {
    private static final long TIMEOUT = 10_000;

    private final org.eclipse.leshan.server.LeshanServer server;

    public static void main(String[] arguments) throws Exception {
        new LeshanServer(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0).run();
    }

    private LeshanServer(int awake) {
        CaliforniumServerEndpointsProvider.Builder endpoints = new CaliforniumServerEndpointsProvider.Builder(
                new CoapServerProtocolProvider());
        endpoints.setConfiguration(endpoints.createDefaultConfiguration());
        endpoints.addEndpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Protocol.COAP);
        server = new LeshanServerBuilder().setEndpointsProviders(endpoints.build())
                .setObjectModelProvider(new VersionedModelProvider(Models.all()))
                .setClientAwakeTimeProvider(new StaticClientAwakeTimeProvider(awake)).build();
    }

    private void run() throws Exception {
        server.getRegistrationService().addListener(new Registrations());
        server.getObservationService().addListener(new Notifications());
        server.getSendService().addListener(new Sends());
        server.getPresenceService().addListener(new Presence());
        server.start();
        Json.print(Json.event("listening").put("port", server.getEndpoint(Protocol.COAP).getURI().getPort()));
        Json.serve(this::answer);
        server.destroy();
    }

    private ObjectNode answer(JsonNode command) throws Exception {
        String endpoint = command.path("ep").asText();
        Registration registration = server.getRegistrationService().getByEndpoint(endpoint);
        if (registration == null) {
            return Json.object().put("error", "no device is registered as " + endpoint);
        }
        if (command.path("op").asText().equals("registration")) {
            return describe(Json.object(), registration);
        }
        LwM2mResponse response = server.send(registration, request(command, registration), TIMEOUT);
        if (response == null) {
            return Json.object().put("error", "no answer within the time");
        }
        ObjectNode answer = Json.object().put("code", response.getCode().toString());
        if (response.getErrorMessage() != null && !response.getErrorMessage().isEmpty()) {
            answer.put("message", response.getErrorMessage());
        }
        if (response instanceof ReadCompositeResponse && response.isSuccess()) {
            answer.set("values", Json.values(((ReadCompositeResponse) response).getContent()));
        } else if (response instanceof ReadResponse && response.isSuccess()) {
            LwM2mPath path = new LwM2mPath(command.path("path").asText());
            answer.set("values", Json.values(path, ((ReadResponse) response).getContent()));
        } else if (response instanceof DiscoverResponse && response.isSuccess()) {
            ArrayNode links = answer.putArray("links");
            for (Link link : ((DiscoverResponse) response).getObjectLinks()) {
                links.add(link.toString());
            }
        } else if (response instanceof CreateResponse) {
            answer.put("location", ((CreateResponse) response).getLocation());
        }
        return answer;
    }

    private DownlinkDeviceManagementRequest<? extends LwM2mResponse> request(JsonNode command,
            Registration registration) throws Exception {
        String path = command.path("path").asText();
        ContentFormat format = command.has("format") ? ContentFormat.fromName(command.get("format").asText()) : null;
        switch (command.path("op").asText()) {
        case "read":
            return new ReadRequest(format, path);
        case "write":
            return new WriteRequest(WriteRequest.Mode.REPLACE, format, path, Nodes.node(new LwM2mPath(path), command));
        case "update":
            return new WriteRequest(WriteRequest.Mode.UPDATE, format, path, Nodes.node(new LwM2mPath(path), command));
        case "execute":
            return command.has("arguments") ? new ExecuteRequest(path, command.get("arguments").asText())
                    : new ExecuteRequest(path);
        case "observe":
            return new ObserveRequest(format, path);
        case "cancel":
            return cancel(command, registration);
        case "discover":
            return new DiscoverRequest(path);
        case "attributes":
            return new WriteAttributesRequest(path, new LwM2mAttributeSet(
                    new DefaultLwM2mAttributeParser().parseUriQuery(command.get("attributes").asText())));
        case "create":
            return new CreateRequest(format, path,
                    Nodes.instance(command.get("instance").asInt(), command.get("resources")));
        case "delete":
            return new DeleteRequest(path);
        case "read-composite":
            return new ReadCompositeRequest(format, format, paths(command));
        case "observe-composite":
            return new ObserveCompositeRequest(format, format, paths(command).toArray(new String[0]));
        case "write-composite":
            Map<LwM2mPath, LwM2mNode> nodes = new HashMap<>();
            for (JsonNode value : command.get("values")) {
                LwM2mPath target = new LwM2mPath(value.get("path").asText());
                nodes.put(target, Nodes.node(target, value));
            }
            return new WriteCompositeRequest(format, nodes, null);
        default:
            throw new IllegalArgumentException("no operation " + command.path("op"));
        }
    }

    private DownlinkDeviceManagementRequest<? extends LwM2mResponse> cancel(JsonNode command,
            Registration registration) {
        for (Observation observation : server.getObservationService().getObservations(registration)) {
            if (observation instanceof SingleObservation && ((SingleObservation) observation).getPath()
                    .equals(new LwM2mPath(command.path("path").asText("/")))) {
                return new CancelObservationRequest((SingleObservation) observation);
            }
            if (observation instanceof CompositeObservation && command.has("paths")) {
                return new CancelCompositeObservationRequest((CompositeObservation) observation);
            }
        }
        throw new IllegalArgumentException("no such observation");
    }

    private static List<String> paths(JsonNode command) {
        List<String> paths = new ArrayList<>();
        command.get("paths").forEach(path -> paths.add(path.asText()));
        return paths;
    }

    private static ObjectNode describe(ObjectNode line, Registration registration) {
        line.put("ep", registration.getEndpoint()).put("version", registration.getLwM2mVersion().toString())
                .put("lifetime", registration.getLifeTimeInSec()).put("root", registration.getRootPath())
                .put("queue", registration.usesQueueMode());
        ObjectNode versions = line.putObject("versions");
        registration.getSupportedObject()
                .forEach((object, version) -> versions.put(object.toString(), version.toString()));
        ArrayNode links = line.putArray("links");
        for (Link link : registration.getSortedObjectLinks()) {
            links.add(link.toString());
        }
        return line;
    }

    private static final class Registrations implements RegistrationListener {
        @Override
        public void registered(Registration registration, Registration previous, Collection<Observation> observations) {
            Json.print(describe(Json.event("registered"), registration));
        }

        @Override
        public void updated(RegistrationUpdate update, Registration updated, Registration previous) {
            Json.print(describe(Json.event("updated"), updated));
        }

        @Override
        public void unregistered(Registration registration, Collection<Observation> observations, boolean expired,
                Registration replacement) {
            Json.print(Json.event("unregistered").put("ep", registration.getEndpoint()).put("expired", expired));
        }
    }

    private static final class Notifications implements ObservationListener {
        @Override
        public void newObservation(Observation observation, Registration registration) {
        }

        @Override
        public void cancelled(Observation observation) {
        }

        @Override
        public void onResponse(SingleObservation observation, Registration registration, ObserveResponse response) {
            ObjectNode event = Json.event("notification").put("ep", registration.getEndpoint()).put("path",
                    observation.getPath().toString());
            event.set("values", Json.values(observation.getPath(), response.getContent()));
            Json.print(event);
        }

        @Override
        public void onResponse(CompositeObservation observation, Registration registration,
                ObserveCompositeResponse response) {
            ObjectNode event = Json.event("notification").put("ep", registration.getEndpoint());
            event.set("values", Json.values(response.getContent()));
            Json.print(event);
        }

        @Override
        public void onError(Observation observation, Registration registration, Exception error) {
            Json.print(Json.event("notification").put("ep", registration.getEndpoint()).put("error", error.toString()));
        }
    }

    private static final class Presence implements PresenceListener {
        @Override
        public void onAwake(Registration registration) {
            Json.print(Json.event("awake").put("ep", registration.getEndpoint()));
        }

        @Override
        public void onSleeping(Registration registration) {
            Json.print(Json.event("asleep").put("ep", registration.getEndpoint()));
        }
    }

    private static final class Sends implements SendListener {
        @Override
        public void dataReceived(Registration registration, TimestampedLwM2mNodes data, SendRequest request) {
            ObjectNode event = Json.event("send").put("ep", registration.getEndpoint());
            event.set("values", Json.values(data.getMostRecentNodes()));
            Json.print(event);
        }

        @Override
        public void onError(Registration registration, String message, Exception error) {
            Json.print(Json.event("send").put("ep", registration.getEndpoint()).put("error", message));
        }
    }
}
