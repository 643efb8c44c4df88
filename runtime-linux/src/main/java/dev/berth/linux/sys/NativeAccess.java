package dev.berth.linux.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Links the one downcall that there is, or says what the JVM was started without. */
final class NativeAccess {

  /** Where the linker leaves {@code errno}. */
  static final StructLayout STATE = Linker.Option.captureStateLayout();

  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private NativeAccess() {}

  /**
   * {@code (address, state, seven longs) → long}. Where the JVM denies native access, it throws.
   */
  @SuppressWarnings("restricted") // it is what this class is for
  static MethodHandle link() {
    Module module = NativeAccess.class.getModule();
    String missing = missingFlag(module);
    boolean enabled = module.isNativeAccessEnabled();
    try {
      MethodHandle linked =
          Linker.nativeLinker().downcallHandle(SHAPE, Linker.Option.captureCallState("errno"));
      if (!enabled) {
        System.getLogger(NativeAccess.class.getName()).log(System.Logger.Level.WARNING, missing);
      }
      return linked;
    } catch (IllegalCallerException denied) {
      return refusal(missing);
    }
  }

  /** {@code ALL-UNNAMED} is what the flag calls everything on the class path. */
  static String missingFlag(Module module) {
    return "native access is not enabled for Berth; start java with --enable-native-access="
        + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }

  /**
   * A handle instead of an exception here, in a static initialiser: there only the first use would
   * get the sentence, and every later one a {@code NoClassDefFoundError}.
   */
  private static MethodHandle refusal(String missing) {
    try {
      MethodHandle exception =
          MethodHandles.publicLookup()
              .findConstructor(
                  IllegalCallerException.class, MethodType.methodType(void.class, String.class))
              .bindTo(missing);
      MethodHandle refuse =
          MethodHandles.foldArguments(
              MethodHandles.throwException(long.class, IllegalCallerException.class), exception);
      MethodType shape =
          SHAPE.toMethodType().insertParameterTypes(0, MemorySegment.class, MemorySegment.class);
      return MethodHandles.dropArguments(refuse, 0, shape.parameterArray());
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError(impossible.getMessage(), impossible);
    }
  }
}
