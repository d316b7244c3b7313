package dev.lockstep.fuzz.targets;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.tls.internal.extension.ApplicationProtocols;
import dev.lockstep.tls.internal.extension.EcPointFormats;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.MaxFragmentLength;
import dev.lockstep.tls.internal.extension.Padding;
import dev.lockstep.tls.internal.extension.RecordSizeLimit;
import dev.lockstep.tls.internal.extension.RenegotiationInfo;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.extension.SignatureAlgorithms;
import dev.lockstep.tls.internal.extension.SignatureAlgorithmsCert;
import dev.lockstep.tls.internal.extension.SignedCertificateTimestamps;
import dev.lockstep.tls.internal.extension.StatusRequest;
import dev.lockstep.tls.internal.extension.SupportedGroups;
import java.util.List;

/** The body of every extension, in the form of ClientHello and of ServerHello. The first byte chooses the extension. */
public final class ExtensionsTarget implements Target {

    private final List<Shape<?>> shapes = List.of(
            Shape.lossyExtension(ServerName::parse),
            Shape.lossyExtension(StatusRequest::parse),
            Shape.extension(SupportedGroups::parse),
            Shape.extension(EcPointFormats::parse),
            Shape.extension(SignatureAlgorithms::parse),
            Shape.extension(SignatureAlgorithmsCert::parse),
            Shape.extension(ApplicationProtocols::parse),
            Shape.extension(MaxFragmentLength::parse),
            Shape.extension(RecordSizeLimit::parse),
            Shape.extension(SignedCertificateTimestamps::parse),
            Shape.lossyExtension(Padding::parse), // of which the length is kept
            Shape.extension(EncryptThenMac::parse),
            Shape.extension(ExtendedMasterSecret::parse),
            Shape.extension(SessionTicket::parse),
            Shape.extension(RenegotiationInfo::parse),
            Shape.extension(ServerName::parseServerHello),
            Shape.extension(StatusRequest::parseServerHello),
            Shape.extension(ApplicationProtocols::parseServerHello),
            Shape.extension(SignedCertificateTimestamps::parseServerHello),
            Shape.extension(SessionTicket::parseServerHello));

    @Override
    public void run(byte[] bytes) {
        Input input = new Input(bytes);
        shapes.get(input.below(shapes.size())).check(input.rest());
    }
}
