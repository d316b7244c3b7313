package dev.lockstep.interop.attacker;

import de.rub.nds.tlsattacker.core.state.State;
import de.rub.nds.tlsattacker.core.workflow.action.ConnectionBoundAction;

/** Something done between two messages of a trace. */
final class Deed extends ConnectionBoundAction {
    private static final long serialVersionUID = 1;

    private final transient Runnable what;

    Deed(Runnable what) {
        this.what = what;
    }

    @Override
    public void execute(State state) {
        what.run();
        setExecuted(true);
    }

    @Override
    public void reset() {
        setExecuted(null);
    }

    @Override
    public boolean executedAsPlanned() {
        return isExecuted();
    }
}
