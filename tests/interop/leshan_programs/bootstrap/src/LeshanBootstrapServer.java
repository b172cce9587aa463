import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.eclipse.leshan.core.SecurityMode;
import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.peer.LwM2mPeer;
import org.eclipse.leshan.core.request.BootstrapDeleteRequest;
import org.eclipse.leshan.core.request.BootstrapDiscoverRequest;
import org.eclipse.leshan.core.request.BootstrapDownlinkRequest;
import org.eclipse.leshan.core.request.BootstrapReadRequest;
import org.eclipse.leshan.core.request.BootstrapRequest;
import org.eclipse.leshan.core.request.BootstrapWriteRequest;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.SimpleDownlinkRequest;
import org.eclipse.leshan.core.response.BootstrapDiscoverResponse;
import org.eclipse.leshan.core.response.BootstrapReadResponse;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.util.datatype.ULong;
import org.eclipse.leshan.server.bootstrap.BootstrapConfig;
import org.eclipse.leshan.server.bootstrap.BootstrapConfigStoreTaskProvider;
import org.eclipse.leshan.server.bootstrap.BootstrapFailureCause;
import org.eclipse.leshan.server.bootstrap.BootstrapSession;
import org.eclipse.leshan.server.bootstrap.BootstrapSessionAdapter;
import org.eclipse.leshan.server.bootstrap.BootstrapTaskProvider;
import org.eclipse.leshan.server.bootstrap.InMemoryBootstrapConfigStore;
import org.eclipse.leshan.server.bootstrap.LeshanBootstrapServerBuilder;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.CaliforniumBootstrapServerEndpointsProvider;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.coap.CoapBootstrapServerProtocolProvider;
import org.eclipse.leshan.server.model.VersionedBootstrapModelProvider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A bootstrap server of Eclipse Leshan on a free port of the loopback address, driven by lines of JSON.
 *
 * <p>
 * A client gets what "configure" says, a configuration as Leshan's demo has it, which Leshan turns into requests; or what
 * "steps" says, one request after another. Prints {"event":"listening","port":N}, then events of sessions.
 */
final class LeshanBootstrapServer {
    private final org.eclipse.leshan.server.bootstrap.LeshanBootstrapServer server;
    private final InMemoryBootstrapConfigStore configurations = new InMemoryBootstrapConfigStore();
    private final Map<String, JsonNode> steps = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws Exception {
        new LeshanBootstrapServer().run();
    }

    private LeshanBootstrapServer() {
        CaliforniumBootstrapServerEndpointsProvider.Builder endpoints = new CaliforniumBootstrapServerEndpointsProvider.Builder(
                new CoapBootstrapServerProtocolProvider());
        endpoints.setConfiguration(endpoints.createDefaultConfiguration());
        endpoints.addEndpoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Protocol.COAP);
        server = new LeshanBootstrapServerBuilder().setEndpointsProviders(endpoints.build())
                .setObjectModelProvider(new VersionedBootstrapModelProvider(ObjectLoader.loadAllDefault()))
                .setTaskProvider(new Tasks()).build();
    }

    private void run() throws Exception {
        server.addListener(new Sessions());
        server.start();
        Json.print(Json.event("listening").put("port", server.getEndpoint(Protocol.COAP).getURI().getPort()));
        Json.serve(this::answer);
        server.destroy();
    }

    private ObjectNode answer(JsonNode command) throws Exception {
        String endpoint = command.get("ep").asText();
        steps.remove(endpoint);
        configurations.remove(endpoint);
        switch (command.path("op").asText()) {
        case "configure":
            configurations.add(endpoint, configuration(command));
            return Json.object();
        case "steps":
            steps.put(endpoint, command);
            return Json.object();
        case "forget":
            return Json.object();
        default:
            throw new IllegalArgumentException("no operation " + command.path("op"));
        }
    }

    private static BootstrapConfig configuration(JsonNode command) {
        BootstrapConfig configuration = new BootstrapConfig();
        configuration.autoIdForSecurityObject = command.path("auto").asBoolean();
        if (command.has("format")) {
            configuration.contentFormat = ContentFormat.fromName(command.get("format").asText());
        }
        command.path("delete").forEach(path -> configuration.toDelete.add(path.asText()));
        int instance = 0;
        for (JsonNode account : command.path("servers")) {
            BootstrapConfig.ServerSecurity security = new BootstrapConfig.ServerSecurity();
            security.uri = account.get("uri").asText();
            security.serverId = account.get("id").asInt();
            security.securityMode = SecurityMode.NO_SEC;
            // Beside the bootstrap server's, which is instance 0 in most clients.
            configuration.security.put(instance + 1, security);
            BootstrapConfig.ServerConfig server = new BootstrapConfig.ServerConfig();
            server.shortId = account.get("id").asInt();
            server.lifetime = account.path("lifetime").asInt(100);
            if (account.has("priority")) {
                server.registrationPriority = ULong.valueOf(account.get("priority").asLong());
            }
            configuration.servers.put(instance, server);
            instance++;
        }
        int rule = 0;
        for (JsonNode acl : command.path("acls")) {
            BootstrapConfig.ACLConfig rights = new BootstrapConfig.ACLConfig();
            rights.objectId = acl.get("object").asInt();
            rights.objectInstanceId = acl.get("instance").asInt();
            rights.AccessControlOwner = acl.get("owner").asInt();
            rights.acls = new HashMap<>();
            acl.get("rights").fields()
                    .forEachRemaining(entry -> rights.acls.put(Integer.valueOf(entry.getKey()), entry.getValue().asLong()));
            configuration.acls.put(rule++, rights);
        }
        return configuration;
    }

    private static BootstrapDownlinkRequest<? extends LwM2mResponse> request(JsonNode step) {
        String path = step.path("path").asText("/");
        ContentFormat format = step.has("format") ? ContentFormat.fromName(step.get("format").asText()) : null;
        switch (step.get("op").asText()) {
        case "discover":
            return new BootstrapDiscoverRequest(path);
        case "read":
            return new BootstrapReadRequest(format, path);
        case "delete":
            return new BootstrapDeleteRequest(path);
        case "write":
            try {
                LwM2mPath target = new LwM2mPath(path);
                return new BootstrapWriteRequest(target, Nodes.node(target, step), format);
            } catch (Exception e) {
                throw new IllegalArgumentException(e);
            }
        default:
            throw new IllegalArgumentException("no step " + step.get("op"));
        }
    }

    /** Leshan's own tasks for a configuration, or the steps as the script has them. */
    private final class Tasks implements BootstrapTaskProvider {
        private final BootstrapTaskProvider configured = new BootstrapConfigStoreTaskProvider(configurations);

        @Override
        public BootstrapTaskProvider.Tasks getTasks(BootstrapSession session, List<LwM2mResponse> previous) {
            JsonNode command = steps.get(session.getEndpoint());
            if (command == null) {
                return configured.getTasks(session, previous);
            }
            BootstrapTaskProvider.Tasks tasks = new BootstrapTaskProvider.Tasks();
            tasks.requestsToSend = new ArrayList<>();
            command.get("steps").forEach(step -> tasks.requestsToSend.add(request(step)));
            tasks.supportedObjects = new HashMap<>();
            command.get("objects").fields().forEachRemaining(
                    entry -> tasks.supportedObjects.put(Integer.valueOf(entry.getKey()), entry.getValue().asText()));
            return tasks;
        }
    }

    private static final class Sessions extends BootstrapSessionAdapter {
        @Override
        public void sessionInitiated(BootstrapRequest request, LwM2mPeer client) {
            ContentFormat preferred = request.getPreferredContentFormat();
            Json.print(Json.event("requested").put("ep", request.getEndpointName()).put("preferred",
                    preferred == null ? null : preferred.getName()));
        }

        @Override
        public void noConfig(BootstrapSession session) {
            Json.print(Json.event("unknown").put("ep", session.getEndpoint()));
        }

        @Override
        public void onResponseSuccess(BootstrapSession session, BootstrapDownlinkRequest<? extends LwM2mResponse> request,
                LwM2mResponse response) {
            ObjectNode event = answered(session, request, response);
            if (response instanceof BootstrapDiscoverResponse) {
                ArrayNode links = event.putArray("links");
                for (Link link : ((BootstrapDiscoverResponse) response).getObjectLinks()) {
                    links.add(link.toString());
                }
            } else if (response instanceof BootstrapReadResponse) {
                LwM2mPath path = ((BootstrapReadRequest) request).getPath();
                event.set("values", Json.values(path, ((BootstrapReadResponse) response).getContent()));
            }
            Json.print(event);
        }

        @Override
        public void onResponseError(BootstrapSession session, BootstrapDownlinkRequest<? extends LwM2mResponse> request,
                LwM2mResponse response) {
            Json.print(answered(session, request, response));
        }

        @Override
        public void onRequestFailure(BootstrapSession session, BootstrapDownlinkRequest<? extends LwM2mResponse> request,
                Throwable cause) {
            Json.print(Json.event("unanswered").put("ep", session.getEndpoint()).put("request", name(request))
                    .put("cause", String.valueOf(cause)));
        }

        @Override
        public void end(BootstrapSession session) {
            Json.print(Json.event("finished").put("ep", session.getEndpoint()));
        }

        @Override
        public void failed(BootstrapSession session, BootstrapFailureCause cause) {
            Json.print(Json.event("failed").put("ep", session.getEndpoint()).put("cause", cause.toString()));
        }

        private static ObjectNode answered(BootstrapSession session,
                BootstrapDownlinkRequest<? extends LwM2mResponse> request, LwM2mResponse response) {
            ObjectNode event = Json.event("answered").put("ep", session.getEndpoint()).put("request", name(request))
                    .put("code", response.getCode().toString());
            if (request instanceof SimpleDownlinkRequest && ((SimpleDownlinkRequest<?>) request).getPath() != null) {
                event.put("path", ((SimpleDownlinkRequest<?>) request).getPath().toString());
            }
            return event;
        }

        /** "Write" for a BootstrapWriteRequest. */
        private static String name(BootstrapDownlinkRequest<? extends LwM2mResponse> request) {
            return request.getClass().getSimpleName().replace("Bootstrap", "").replace("Request", "");
        }
    }
}
