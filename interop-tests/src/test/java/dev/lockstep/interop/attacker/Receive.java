package dev.lockstep.interop.attacker;

import de.rub.nds.tlsattacker.core.layer.LayerConfiguration;
import de.rub.nds.tlsattacker.core.layer.ReceiveTillLayerConfiguration;
import de.rub.nds.tlsattacker.core.layer.constant.ImplementedLayers;
import de.rub.nds.tlsattacker.core.protocol.ProtocolMessage;
import de.rub.nds.tlsattacker.core.protocol.message.HelloRequestMessage;
import de.rub.nds.tlsattacker.core.state.State;
import de.rub.nds.tlsattacker.core.workflow.action.ReceiveTillAction;
import de.rub.nds.tlsattacker.core.workflow.container.ActionHelperUtil;
import java.util.List;

/**
 * Receives until a message is there, or the stream ends. TLS-Attacker's own action looks for messages of SSL 2.0 too, and waits
 * for its time limit after every message to do so.
 */
final class Receive extends ReceiveTillAction {
    private static final long serialVersionUID = 1;

    private final transient ProtocolMessage last;

    private Receive(ProtocolMessage last) {
        super(last);
        this.last = last;
    }

    static Receive till(ProtocolMessage last) {
        return new Receive(last);
    }

    /** Until the end: the server never sends what this waits for. */
    static Receive all() {
        return new Receive(new HelloRequestMessage());
    }

    @Override
    protected List<LayerConfiguration<?>> createLayerConfiguration(State state) {
        return ActionHelperUtil.sortAndAddOptions(
                state.getTlsContext(getConnectionAlias()).getLayerStack(),
                false,
                getActionOptions(),
                List.of(new ReceiveTillLayerConfiguration<>(ImplementedLayers.MESSAGE, last)));
    }
}
