/** Keys, certificates, revocation lists and OCSP responses for tests, and signatures by the JDK's providers. */
package dev.lockstep.testkit.certificate;
