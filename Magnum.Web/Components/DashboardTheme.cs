using MudBlazor;

namespace Magnum.Web.Components;

/// <summary>Colours, type and shape. Calm greys, one blue; colour beyond that means a state.</summary>
internal static class DashboardTheme
{
    private static readonly string[] Fonts = ["Roboto", "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "system-ui", "sans-serif"];

    /// <summary>The theme.</summary>
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#2358c9",
            PrimaryContrastText = "#ffffff",
            Secondary = "#0b7a75",
            Tertiary = "#6b4fbb",
            Info = "#1f6fb2",
            Success = "#1a7f4b",
            Warning = "#9a5b00",
            Error = "#c02a46",
            Background = "#f5f6f8",
            BackgroundGray = "#eceef2",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#1b2430",
            DrawerBackground = "#ffffff",
            DrawerText = "#3d4a5c",
            DrawerIcon = "#5a6778",
            TextPrimary = "#1b2430",
            TextSecondary = "#586576",
            TextDisabled = "#8a95a5",
            ActionDefault = "#586576",
            ActionDisabled = "#a3adba",
            ActionDisabledBackground = "#e6e9ee",
            Divider = "#e2e6ec",
            DividerLight = "#edf0f4",
            LinesDefault = "#e2e6ec",
            LinesInputs = "#8b97a8",
            TableLines = "#e9ecf1",
            TableHover = "#f3f6fb",
            TableStriped = "#fafbfc",
            Skeleton = "#e6e9ee",
            OverlayDark = "rgba(15,23,36,0.45)",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#7ba7ff",
            PrimaryContrastText = "#0b1526",
            Secondary = "#4fc3bc",
            Tertiary = "#b39dff",
            Info = "#6db7f2",
            InfoContrastText = "#0b1526",
            Success = "#4ec48a",
            SuccessContrastText = "#0b1526",
            Warning = "#f0b35a",
            WarningContrastText = "#0b1526",
            Error = "#ff8294",
            ErrorContrastText = "#0b1526",
            Background = "#10151c",
            BackgroundGray = "#1b222c",
            Surface = "#171d26",
            AppbarBackground = "#171d26",
            AppbarText = "#e4e9f0",
            DrawerBackground = "#171d26",
            DrawerText = "#b9c3d0",
            DrawerIcon = "#94a1b2",
            TextPrimary = "#e4e9f0",
            TextSecondary = "#9eabbb",
            TextDisabled = "#6c7888",
            ActionDefault = "#9eabbb",
            ActionDisabled = "#566171",
            ActionDisabledBackground = "#242c37",
            Divider = "#29323e",
            DividerLight = "#222a35",
            LinesDefault = "#29323e",
            LinesInputs = "#69778a",
            TableLines = "#252d38",
            TableHover = "#1e2631",
            TableStriped = "#1a212b",
            Skeleton = "#252d38",
            OverlayDark = "rgba(4,7,12,0.6)",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "56px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Fonts, FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            H1 = new H1Typography { FontSize = "1.5rem", FontWeight = "500", LineHeight = "1.25", LetterSpacing = "-.01em" },
            H2 = new H2Typography { FontSize = "1.125rem", FontWeight = "500", LineHeight = "1.3", LetterSpacing = "normal" },
            H3 = new H3Typography { FontSize = "1rem", FontWeight = "500", LineHeight = "1.35", LetterSpacing = "normal" },
            H6 = new H6Typography { FontSize = "1.0625rem", FontWeight = "500", LineHeight = "1.35", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontSize = ".9375rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontSize = ".875rem", LineHeight = "1.45", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontSize = ".78rem", LineHeight = "1.4", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontSize = ".875rem", FontWeight = "500", TextTransform = "none", LetterSpacing = "normal" },
        },
    };
}
