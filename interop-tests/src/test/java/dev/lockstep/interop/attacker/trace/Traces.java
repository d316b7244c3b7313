package dev.lockstep.interop.attacker.trace;

import java.util.List;

/** All tables. */
public final class Traces {
    private Traces() {}

    /** One for each key operation, for every build. */
    public static List<Trace> some() {
        return List.of(
                DecryptionTraces.table().traces().get(0),
                KeyExchangeTraces.table().traces().get(0));
    }

    public static List<Table> tables() {
        return List.of(
                RecordTraces.table(),
                MessageTraces.table(),
                AlertTraces.table(),
                HelloTraces.table(),
                ExtensionTraces.table(),
                KeyExchangeTraces.table(),
                DecryptionTraces.table(),
                ChangeOfKeysTraces.table(),
                FinishedTraces.table(),
                DataTraces.table());
    }
}
