package dev.lockstep.interop.attacker.trace;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.protocol.ProtocolMessage;
import de.rub.nds.tlsattacker.core.protocol.message.AlertMessage;
import de.rub.nds.tlsattacker.core.protocol.message.ApplicationMessage;
import de.rub.nds.tlsattacker.core.protocol.message.ClientHelloMessage;
import de.rub.nds.tlsattacker.core.protocol.message.UnknownHandshakeMessage;
import de.rub.nds.tlsattacker.core.protocol.message.extension.UnknownExtensionMessage;
import de.rub.nds.tlsattacker.core.record.Record;
import de.rub.nds.tlsattacker.core.workflow.action.SendAction;
import de.rub.nds.tlsattacker.core.workflow.action.TlsAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Short names for what TLS-Attacker sends. */
final class Messages {
    static final int CHANGE_CIPHER_SPEC = 20;
    static final int ALERT = 21;
    static final int HANDSHAKE = 22;
    static final int APPLICATION_DATA = 23;
    static final int HEARTBEAT = 24;

    private Messages() {}

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Messages, one after the other, each in records of its own. */
    @SafeVarargs
    static Attack.Sends send(Supplier<? extends ProtocolMessage>... messages) {
        return config -> {
            List<ProtocolMessage> list = new ArrayList<>();
            for (Supplier<? extends ProtocolMessage> message : messages) {
                list.add(message.get());
            }
            return List.of(new SendAction(list));
        };
    }

    /** Records with content of their own, protected as the moment demands. */
    @SafeVarargs
    static Attack.Sends records(Supplier<Record>... records) {
        return config -> {
            List<Record> list = new ArrayList<>();
            for (Supplier<Record> record : records) {
                list.add(record.get());
            }
            return List.of(records(list));
        };
    }

    /** The same record several times. */
    static Attack.Sends repeated(int count, Supplier<Record> record) {
        return config -> {
            List<Record> list = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                list.add(record.get());
            }
            return List.of(records(list));
        };
    }

    private static SendAction records(List<Record> list) {
        SendAction action = new SendAction();
        action.setConfiguredRecords(list);
        return action;
    }

    /** A message in a record that is changed. */
    static Attack.Sends in(Consumer<Record> change, Supplier<? extends ProtocolMessage> message) {
        return config -> {
            SendAction action = new SendAction(message.get());
            Record record = new Record();
            change.accept(record);
            action.setConfiguredRecords(new ArrayList<>(List.of(record)));
            return List.of(action);
        };
    }

    /** One thing after the other. */
    static Attack.Sends then(Attack.Sends... parts) {
        return config -> {
            List<TlsAction> all = new ArrayList<>();
            for (Attack.Sends part : parts) {
                all.addAll(part.with(config));
            }
            return all;
        };
    }

    static Supplier<Record> record(int type, byte[] content) {
        return record(type, content, record -> {});
    }

    static Supplier<Record> record(int type, String hex) {
        return record(type, hex(hex));
    }

    static Supplier<Record> record(int type, byte[] content, Consumer<Record> change) {
        return () -> {
            Record record = new Record();
            record.setContentType(Modifiable.explicit((byte) type));
            record.setCleanProtocolMessageBytes(Modifiable.explicit(content));
            change.accept(record);
            return record;
        };
    }

    /** Bytes that are no record. */
    static Attack.Sends raw(byte[] bytes) {
        return records(record(HANDSHAKE, bytes, record -> record.setCompleteRecordBytes(Modifiable.explicit(bytes))));
    }

    static Supplier<UnknownHandshakeMessage> handshake(int type, String hex) {
        return () -> {
            UnknownHandshakeMessage message = new UnknownHandshakeMessage();
            message.setType(Modifiable.explicit((byte) type));
            message.setDataConfig(hex(hex));
            return message;
        };
    }

    static Supplier<AlertMessage> alert(int level, int description) {
        return () -> {
            AlertMessage message = new AlertMessage();
            message.setConfig(new byte[] {(byte) level, (byte) description});
            return message;
        };
    }

    static Supplier<ApplicationMessage> data(String text) {
        return () -> {
            ApplicationMessage message = new ApplicationMessage();
            message.setDataConfig(ascii(text));
            return message;
        };
    }

    /** An honest message of this kind, changed. */
    static <M extends ProtocolMessage> Supplier<M> changed(Supplier<M> honest, Consumer<M> change) {
        return () -> {
            M message = honest.get();
            change.accept(message);
            return message;
        };
    }

    /** A ClientHello that is changed, in place of the honest one. */
    static Attack hello(Consumer<ClientHelloMessage> change) {
        return Attack.insteadOf(Step.HELLO, config -> {
            ClientHelloMessage message = new ClientHelloMessage(config);
            change.accept(message);
            return List.of(new SendAction(message));
        });
    }

    /** A ClientHello in which the extension of this type has this content. */
    static Attack extension(int type, String hex) {
        return hello(message -> put(message, type, hex));
    }

    static void put(ClientHelloMessage message, int type, String hex) {
        byte[] code = {(byte) (type >>> 8), (byte) type};
        message.getExtensions()
                .removeIf(
                        known -> Arrays.equals(known.getExtensionTypeConstant().getValue(), code));
        message.addExtension(extensionOf(code, hex(hex)));
    }

    static UnknownExtensionMessage extensionOf(byte[] code, byte[] content) {
        UnknownExtensionMessage extension = new UnknownExtensionMessage();
        extension.setTypeConfig(code);
        extension.setExtensionType(Modifiable.explicit(code));
        extension.setDataConfig(content);
        return extension;
    }
}
