import App

await RapportCommand.launch()
