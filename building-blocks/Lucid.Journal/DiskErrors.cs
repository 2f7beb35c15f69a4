namespace Lucid.Journal;

/// <summary>Meaning of the error numbers that the framework passes on as HResult: errno on Unix, HRESULT on Windows.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededMac = 69;
    private const int WindowsHandleDiskFull = unchecked((int)0x8007_0027);
    private const int WindowsDiskFull = unchecked((int)0x8007_0070);
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int WindowsSharingViolation = unchecked((int)0x8007_0020);

    public static bool IsDiskFull(Exception exception) => exception is IOException
    {
        HResult: NoSpace or QuotaExceededLinux or QuotaExceededMac or WindowsHandleDiskFull or WindowsDiskFull,
    };

    public static bool IsLocked(IOException exception) =>
        exception.HResult is WouldBlockLinux or WouldBlockMac or WindowsSharingViolation;
}
