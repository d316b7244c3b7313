package dev.lockstep.interop.attacker;

import de.rub.nds.tlsattacker.core.constants.AlertDescription;
import de.rub.nds.tlsattacker.core.constants.AlertLevel;
import de.rub.nds.tlsattacker.core.constants.ProtocolMessageType;
import de.rub.nds.tlsattacker.core.protocol.ProtocolMessage;
import de.rub.nds.tlsattacker.core.protocol.message.AlertMessage;
import de.rub.nds.tlsattacker.core.state.State;
import de.rub.nds.tlsattacker.core.workflow.WorkflowTraceResultUtil;
import de.rub.nds.tlsattacker.transport.socket.SocketState;
import dev.lockstep.interop.attacker.trace.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a conversation ended.
 *
 * @param answer what the server sent in the end, in the words of {@link Answer#title()} where they fit
 * @param pending whether the key was still at work when an attack meant for that moment had been sent
 * @param strange lines of the server's output that no peer may cause
 */
record Outcome(String answer, boolean pending, List<String> strange) {

    static Outcome of(State state, boolean pending, AttackedServer server) throws InterruptedException {
        List<String> strange = new ArrayList<>();
        if (!server.awaitEnd()) {
            strange.add("the connection did not end");
        }
        strange.addAll(server.strange());
        return new Outcome(answer(state), pending, strange);
    }

    private static String answer(State state) {
        if (state.getExecutionException() != null) {
            return "not sent: " + state.getExecutionException();
        }
        boolean ended = state.getContext().getTcpContext().getFinalSocketState() == SocketState.CLOSED;
        String end = "";
        boolean data = false;
        boolean refused = false;
        for (ProtocolMessage message : WorkflowTraceResultUtil.getAllReceivedMessages(state.getWorkflowTrace())) {
            if (!end.isEmpty()) {
                return end + ", then more";
            }
            if (message instanceof AlertMessage alert) {
                String name = name(alert);
                if (alert.getLevel().getValue() == AlertLevel.FATAL.getValue() || name.equals("close_notify")) {
                    end = name;
                } else if (name.equals("no_renegotiation")) {
                    refused = true;
                } else {
                    return "warning " + name;
                }
            }
            data |= message.getProtocolMessageType() == ProtocolMessageType.APPLICATION_DATA;
        }
        if (!end.isEmpty()) {
            return ended ? end : end + ", left open";
        }
        if (data) {
            return (refused ? Answer.NO_RENEGOTIATION : Answer.COMPLETES).title();
        }
        return (ended ? Answer.CLOSES : Answer.WAITS).title();
    }

    private static String name(AlertMessage alert) {
        AlertDescription description =
                AlertDescription.getAlertDescription(alert.getDescription().getValue());
        return description == null
                ? "alert " + alert.getDescription().getValue()
                : description.name().toLowerCase(Locale.ROOT);
    }
}
