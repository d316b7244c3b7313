package dev.lockstep.interop.attacker.trace;

import de.rub.nds.tlsattacker.core.config.Config;
import de.rub.nds.tlsattacker.core.workflow.action.TlsAction;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is sent that should not be.
 *
 * @param insteadOf the step that it takes the place of where its moment allows; null for something between two steps
 * @param sends what is sent; made for each run, as TLS-Attacker keeps the outcome in it
 * @param continues whether the client continues where the attack stands in its place: the answer comes later, or never
 * @param settings how TLS-Attacker is set up
 */
public record Attack(@Nullable Step insteadOf, Sends sends, boolean continues, Consumer<Config> settings) {

    /** Makes what is sent. */
    @FunctionalInterface
    public interface Sends {
        List<TlsAction> with(Config config);
    }

    /** Something between two steps. */
    static Attack inserted(Sends sends) {
        return new Attack(null, sends, false, config -> {});
    }

    /** Something that takes the place of a step. */
    static Attack insteadOf(Step step, Sends sends) {
        return new Attack(step, sends, false, config -> {});
    }

    /** The same, and the client continues: what is wrong shows later. */
    Attack thenContinues() {
        return new Attack(insteadOf, sends, true, settings);
    }

    Attack with(Consumer<Config> more) {
        return new Attack(insteadOf, sends, continues, more);
    }
}
