package dev.lockstep.interop.attacker;

import de.rub.nds.tlsattacker.core.config.Config;
import de.rub.nds.tlsattacker.core.connection.OutboundConnection;
import de.rub.nds.tlsattacker.core.constants.NamedGroup;
import de.rub.nds.tlsattacker.core.constants.SignatureAndHashAlgorithm;
import de.rub.nds.tlsattacker.core.protocol.ProtocolMessage;
import de.rub.nds.tlsattacker.core.protocol.message.ApplicationMessage;
import de.rub.nds.tlsattacker.core.protocol.message.ChangeCipherSpecMessage;
import de.rub.nds.tlsattacker.core.protocol.message.ClientHelloMessage;
import de.rub.nds.tlsattacker.core.protocol.message.ECDHClientKeyExchangeMessage;
import de.rub.nds.tlsattacker.core.protocol.message.FinishedMessage;
import de.rub.nds.tlsattacker.core.protocol.message.RSAClientKeyExchangeMessage;
import de.rub.nds.tlsattacker.core.protocol.message.ServerHelloDoneMessage;
import de.rub.nds.tlsattacker.core.state.State;
import de.rub.nds.tlsattacker.core.util.ProviderUtil;
import de.rub.nds.tlsattacker.core.workflow.DefaultWorkflowExecutor;
import de.rub.nds.tlsattacker.core.workflow.WorkflowTrace;
import de.rub.nds.tlsattacker.core.workflow.action.SendAction;
import de.rub.nds.tlsattacker.core.workflow.action.TlsAction;
import dev.lockstep.interop.attacker.trace.Attack;
import dev.lockstep.interop.attacker.trace.KeyOperation;
import dev.lockstep.interop.attacker.trace.Moment;
import dev.lockstep.interop.attacker.trace.Step;
import dev.lockstep.interop.attacker.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection of TLS-Attacker: the steps of an honest client, and an attack at its moment. */
final class Conversation {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final AttackedServer server;
    private final KeyOperation operation;
    private final Config config;
    private final List<TlsAction> actions = new ArrayList<>();
    private Loopback transport;
    private boolean pendingAtAttack = true;

    static {
        ProviderUtil.addBouncyCastleProvider();
    }

    private Conversation(AttackedServer server, KeyOperation operation) {
        this.server = server;
        this.operation = operation;
        this.config = config(server.port(), operation);
    }

    /** An honest handshake and its echo. */
    static Outcome honest(AttackedServer server, KeyOperation operation) throws InterruptedException {
        Conversation conversation = new Conversation(server, operation);
        conversation.steps(null, Moment.AFTER, true);
        return conversation.run();
    }

    /** The trace, with its attack at the moment. */
    static Outcome of(AttackedServer server, Trace trace, Moment moment) throws InterruptedException {
        Conversation conversation = new Conversation(server, trace.operation());
        trace.attack().settings().accept(conversation.config);
        conversation.steps(trace.attack(), moment, trace.expected(moment).continues());
        return conversation.run();
    }

    private static Config config(int port, KeyOperation operation) {
        Config config = new Config();
        config.setDefaultClientSupportedCipherSuites(operation.suite());
        config.setDefaultSelectedCipherSuite(operation.suite());
        config.setDefaultClientNamedGroups(NamedGroup.SECP256R1);
        config.setDefaultClientSupportedSignatureAndHashAlgorithms(SignatureAndHashAlgorithm.RSA_SHA256);
        config.setAddExtendedMasterSecretExtension(true);
        config.setStopActionsAfterFatal(true);
        config.setFiltersKeepUserSettings(false);
        OutboundConnection connection = config.getDefaultClientConnection();
        connection.setHostname("127.0.0.1");
        connection.setIp("127.0.0.1");
        connection.setPort(port);
        connection.setTimeout(TIMEOUT_MILLIS);
        connection.setConnectionTimeout(TIMEOUT_MILLIS);
        return config;
    }

    /** @param continues whether the conversation comes to its end though there is an attack */
    private void steps(@Nullable Attack attack, Moment moment, boolean continues) {
        Step place = attack == null ? null : placeOf(attack, moment);
        boolean goesOn = continues || place != null && attack.continues();
        for (Step step : Step.values()) {
            if (attack != null && place == null && moment == Moment.BEFORE && step == operation.cause()) {
                add(attack);
                if (!goesOn) {
                    break;
                }
            }
            if (step == operation.cause() && moment == Moment.DURING && !server.isSlow()) {
                does(() -> transport.hold());
            }
            if (attack != null && step == place) {
                add(attack);
                if (!goesOn) {
                    attacked(moment);
                    break;
                }
            } else {
                actions.add(new SendAction(honest(step)));
            }
            boolean now = attack != null && place == null && moment != Moment.BEFORE && step == operation.cause();
            if (step == operation.cause()) {
                arrive(moment);
            }
            if (now) {
                add(attack);
                attacked(moment);
                if (!goesOn) {
                    break;
                }
            }
            boolean hurries = moment == Moment.DURING
                    && place != null
                    && step.compareTo(operation.cause()) >= 0
                    && step.compareTo(place) < 0;
            if (step == place) {
                attacked(moment);
            }
            if (!hurries && !(step == operation.cause() && hasArrivedWithFlight(moment))) {
                receive(step);
            }
        }
        if (!continues) {
            actions.add(Receive.all());
        }
    }

    /** The step that the attack takes the place of at this moment, or null where it stands between two. */
    private @Nullable Step placeOf(Attack attack, Moment moment) {
        Step place = attack.insteadOf();
        if (place == null) {
            return null;
        }
        boolean early = place.compareTo(operation.cause()) <= 0;
        if (moment == Moment.BEFORE) {
            return early ? place : null;
        }
        // Without the server's flight there are no keys for what would come behind it.
        return early || moment == Moment.DURING && operation == KeyOperation.SIGNATURE ? null : place;
    }

    /** Waits for the moment behind the message that makes the server ask its key. */
    private void arrive(Moment moment) {
        if (moment == Moment.DURING && server.isSlow()) {
            does(server::awaitSuspension);
        } else if (hasArrivedWithFlight(moment)) {
            receive(Step.HELLO);
        } else if (moment == Moment.AFTER && server.isSlow()) {
            does(server::awaitAnswer);
        }
    }

    /** The signature is in the server's flight: who has that comes after the key. */
    private boolean hasArrivedWithFlight(Moment moment) {
        return moment == Moment.AFTER && operation == KeyOperation.SIGNATURE;
    }

    private void attacked(Moment moment) {
        if (moment == Moment.DURING && server.isSlow()) {
            does(() -> pendingAtAttack = !server.hasAnswered());
        } else if (moment == Moment.DURING) {
            does(() -> transport.release());
        }
    }

    private void receive(Step step) {
        switch (step) {
            case HELLO -> actions.add(Receive.till(new ServerHelloDoneMessage()));
            case FINISHED -> actions.add(Receive.till(new FinishedMessage()));
            case DATA -> actions.add(Receive.till(new ApplicationMessage()));
            default -> {}
        }
    }

    private void add(Attack attack) {
        actions.addAll(attack.sends().with(config));
    }

    private void does(Runnable what) {
        actions.add(new Deed(what));
    }

    private ProtocolMessage honest(Step step) {
        return switch (step) {
            case HELLO -> new ClientHelloMessage(config);
            case KEY_EXCHANGE ->
                operation == KeyOperation.SIGNATURE
                        ? new ECDHClientKeyExchangeMessage()
                        : new RSAClientKeyExchangeMessage();
            case CHANGE_CIPHER_SPEC -> new ChangeCipherSpecMessage();
            case FINISHED -> new FinishedMessage();
            case DATA -> {
                ApplicationMessage data = new ApplicationMessage();
                data.setDataConfig("ping".getBytes(StandardCharsets.US_ASCII));
                yield data;
            }
        };
    }

    private Outcome run() throws InterruptedException {
        WorkflowTrace trace = new WorkflowTrace();
        trace.addTlsActions(actions);
        State state = new State(config, trace);
        transport = new Loopback(state.getContext().getConnection());
        state.getContext().setTransportHandler(transport);
        server.mark();
        new DefaultWorkflowExecutor(state).executeWorkflow();
        return Outcome.of(state, pendingAtAttack, server);
    }
}
