using System.Runtime.InteropServices;

namespace Lucid.Journal;

/// <summary>The framework opens no directory handles, so the fsync of a directory goes to the C library.</summary>
internal static partial class Posix
{
    private const int ReadOnly = 0;

    public static void FlushDirectory(string directory)
    {
        int descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            throw LastError($"cannot open the directory '{directory}'");
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw LastError($"cannot flush the directory '{directory}'");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException LastError(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
