package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.CLOSES;
import static dev.lockstep.interop.attacker.trace.Answer.CLOSE_NOTIFY;
import static dev.lockstep.interop.attacker.trace.Answer.COMPLETES;
import static dev.lockstep.interop.attacker.trace.Answer.ILLEGAL_PARAMETER;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.inserted;
import static dev.lockstep.interop.attacker.trace.Messages.ALERT;
import static dev.lockstep.interop.attacker.trace.Messages.APPLICATION_DATA;
import static dev.lockstep.interop.attacker.trace.Messages.alert;
import static dev.lockstep.interop.attacker.trace.Messages.record;
import static dev.lockstep.interop.attacker.trace.Messages.records;
import static dev.lockstep.interop.attacker.trace.Messages.repeated;
import static dev.lockstep.interop.attacker.trace.Messages.send;

/** Alerts before there are keys. */
final class AlertTraces {
    private AlertTraces() {}

    private static Attack one(int level, int description) {
        return inserted(send(alert(level, description)));
    }

    // @formatter:off
    static Table table() {
        return new Table("Alerts without keys")
            .both("fatal unexpected_message",         one(2, 10),            CLOSES,             "5246 7.2.2")
            .both("fatal handshake_failure",          one(2, 40),            CLOSES,             "5246 7.2.2")
            .both("fatal internal_error",             one(2, 80),            CLOSES,             "5246 7.2.2")
            .both("fatal close_notify",               one(2, 0),             CLOSES,             "5246 7.2.2")
            .both("fatal alert of unknown description", one(2, 255),         CLOSES,             "5246 7.2.2")
            .both("close_notify",                     one(1, 0),             CLOSE_NOTIFY,       "5246 7.2.1")
            .both("warning user_canceled",            one(1, 90),            COMPLETES,          "5246 7.2.2")
            .both("warning no_renegotiation",         one(1, 100),           COMPLETES,          "5246 7.2.2")
            .both("warning of unknown description",   one(1, 200),           COMPLETES,          "5246 7.2.2")
            .both("four warnings",                    inserted(repeated(4, record(ALERT, "015a"))), COMPLETES, "5246 7.2.2")
            .both("five warnings",                    inserted(repeated(5, record(ALERT, "015a"))), UNEXPECTED_MESSAGE, "5246 7.2.2")
            .both("level 0",                          one(0, 10),            ILLEGAL_PARAMETER,  "5246 7.2")
            .both("level 3",                          one(3, 10),            ILLEGAL_PARAMETER,  "5246 7.2")
            .both("an alert and half of one, then application data", inserted(records(record(ALERT, "015a01"), record(APPLICATION_DATA, "00"))),
                UNEXPECTED_MESSAGE, "5246 7.2");
    }
    // @formatter:on
}
