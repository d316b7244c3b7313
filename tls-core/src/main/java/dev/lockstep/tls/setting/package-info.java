/**
 * The exception for invalid settings and the warning about settings without effect, for every builder, factory and
 * {@code with} method of Lockstep.
 */
package dev.lockstep.tls.setting;
