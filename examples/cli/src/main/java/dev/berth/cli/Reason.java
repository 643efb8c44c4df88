package dev.berth.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file operation did not work: the JDK puts the errno into the type of the exception. */
final class Reason {
  private Reason() {}

  static String of(IOException e) {
    return switch (e) {
      case FileSystemException file when file.getReason() != null -> file.getReason();
      case NoSuchFileException _ -> "ENOENT (No such file or directory)";
      case AccessDeniedException _ -> "EACCES (Permission denied)";
      case FileAlreadyExistsException _ -> "EEXIST (File exists)";
      case NotDirectoryException _ -> "ENOTDIR (Not a directory)";
      default -> String.valueOf(e.getMessage());
    };
  }
}
